using System.Globalization;
using System.Text;

namespace Culvert.Collector.Records;

/// <summary>
/// Text of strangers for a terminal. Escape sequences can retitle, recolour, or make some terminals type; so control
/// characters become their pictures (Unicode block 2400), and what reorders or hides text becomes U+FFFD.
/// </summary>
internal static class TerminalText
{
    public static string Clean(string text)
    {
        var output = new StringBuilder(text.Length);
        Append(output, Encoding.UTF8.GetBytes(text));
        return output.ToString();
    }

    public static void Append(
        StringBuilder output, ReadOnlySpan<byte> utf8, int lengthMax = int.MaxValue, bool escapeQuotes = false)
    {
        for (var length = 0; !utf8.IsEmpty; length++)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            utf8 = utf8[consumed..];
            if (length == lengthMax)
            {
                output.Append('…');
                return;
            }

            if (escapeQuotes && rune.Value is '"' or '\\') output.Append('\\');
            Append(output, rune);
        }
    }

    private static void Append(StringBuilder output, Rune rune)
    {
        switch (rune.Value)
        {
            case '\t':
                output.Append(' ');
                break;
            case '\n':
                output.Append('␊').Append(' ');
                break;
            case < 0x20:
                output.Append((char)(0x2400 + rune.Value));
                break;
            case 0x7F:
                output.Append('␡');
                break;
            default:
                output.Append(IsHarmless(rune) ? rune.ToString() : "\uFFFD");
                break;
        }
    }

    private static bool IsHarmless(Rune rune) =>
        rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator);
}
