using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Culvert.Collector.Inputs.Text;

/// <summary>
/// Unescapes the strings of JSON (RFC 8259, section 7). System.Text.Json throws on a lone surrogate (<c>\ud83d</c>
/// without its second half), which JavaScript writes wherever it cut a string; here it becomes U+FFFD, and the record
/// is kept.
/// </summary>
internal static class JsonUnescape
{
    /// <summary>Writes the string and returns its length.</summary>
    /// <param name="escaped">What stands between the quotes of a valid JSON token, as UTF-8 that was checked.</param>
    /// <param name="destination">At least as long: no escape is shorter than what it stands for.</param>
    public static int Write(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        Debug.Assert(destination.Length >= escaped.Length, "Unescaping never makes a string longer.");
        var length = 0;
        while (true)
        {
            var slash = escaped.IndexOf((byte)'\\');
            if (slash < 0 || slash + 1 >= escaped.Length)
            {
                escaped.CopyTo(destination[length..]);
                return length + escaped.Length;
            }

            escaped[..slash].CopyTo(destination[length..]);
            length += slash;
            escaped = escaped[slash..];
            if (escaped[1] == 'u')
            {
                var rune = ReadRune(ref escaped);
                length += rune.EncodeToUtf8(destination[length..]);
            }
            else
            {
                destination[length++] = Simple(escaped[1]);
                escaped = escaped[2..];
            }
        }
    }

    private static Rune ReadRune(ref ReadOnlySpan<byte> escaped)
    {
        var first = ReadUnit(escaped);
        escaped = escaped[Math.Min(6, escaped.Length)..];
        if (Rune.TryCreate(first, out var rune)) return rune;
        if (escaped.StartsWith("\\u"u8) && Rune.TryCreate(first, ReadUnit(escaped), out rune))
        {
            escaped = escaped[6..];
            return rune;
        }

        return Rune.ReplacementChar;
    }

    private static char ReadUnit(ReadOnlySpan<byte> escaped) =>
        escaped.Length >= 6
        && ushort.TryParse(escaped[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : (char)Rune.ReplacementChar.Value;

    private static byte Simple(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };
}
