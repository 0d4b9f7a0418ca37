using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Records;

namespace Culvert.Cli.Terminal;

/// <summary>Dead letters as text for people.</summary>
internal static class LetterText
{
    private const int BytesOfLine = 16;

    public static string Line(KeptLetter letter) => TerminalText.Clean(string.Create(
        CultureInfo.InvariantCulture,
        $"{letter.Id}  {letter.Time:yyyy-MM-dd HH:mm:ss}Z  {letter.From}  {letter.Reason}  {letter.Place}"))
        + (letter.IsReplayed ? "  (sent again)" : "");

    public static string Format(KeptLetter letter)
    {
        var text = new StringBuilder();
        text.AppendLine(Line(letter));
        text.AppendLine($"problem   {TerminalText.Clean(letter.Problem)}");
        if (letter.Identity.Length > 0) text.AppendLine($"identity  {TerminalText.Clean(letter.Identity)}");
        foreach (var header in letter.Message?.Headers ?? [])
        {
            var value = Utf8.IsValid(header.Value)
                ? Encoding.UTF8.GetString(header.Value)
                : Convert.ToHexStringLower(header.Value);
            text.AppendLine($"header    {TerminalText.Clean(header.Name)}: {TerminalText.Clean(value)}");
        }

        if (letter.Key.Length > 0) text.AppendLine($"key       {TerminalText.Clean(letter.Key)}");
        var document = letter.Document.Span;
        text.AppendLine();
        if (document.IsEmpty) text.AppendLine("It is empty.");
        else if (Utf8.IsValid(document) && !document.ContainsAnyInRange((byte)0, (byte)8))
            text.AppendLine(TerminalText.Clean(Encoding.UTF8.GetString(document)));
        else AppendBytes(text, document);
        return text.ToString();
    }

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at += BytesOfLine)
        {
            var line = bytes[at..Math.Min(bytes.Length, at + BytesOfLine)];
            var numbers = Convert.ToHexStringLower(line).Chunk(2).Select(pair => new string(pair));
            var readable = string.Concat(line.ToArray().Select(b => b is >= 32 and < 127 ? (char)b : '.'));
            text.AppendLine($"{at:x6}  {string.Join(' ', numbers),-47}  {readable}");
        }
    }
}
