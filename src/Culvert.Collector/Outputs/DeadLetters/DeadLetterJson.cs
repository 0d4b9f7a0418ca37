using System.Globalization;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>A dead letter as one line of JSON; docs/scale-out.md describes it.</summary>
internal static class DeadLetterJson
{
    public static void Write(Stream line, DeadLetter letter, OutputStatus status, DateTimeOffset now)
    {
        using var json = new Utf8JsonWriter(line, RecordJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id"u8, Guid.CreateVersion7(now).ToString("N"));
        json.WriteString("time"u8, now.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("output"u8, status.Name);
        json.WriteString("type"u8, status.Type);
        json.WriteString("reason"u8, letter.Reason);
        json.WriteString("problem"u8, Short(letter.Problem));
        json.WriteString("target"u8, letter.Target);
        json.WriteNumber("position"u8, letter.Position);
        json.WriteString("identity"u8, letter.Identity);
        if (IsOneLine(letter.Document.Span))
        {
            json.WritePropertyName("document"u8);
            json.WriteRawValue(letter.Document.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("bytes"u8, letter.Document.Span);
        }

        json.WriteEndObject();
    }

    public static string Short(string text) =>
        text.Length <= DeadLetterLimits.ProblemLengthMax ? text : text[..DeadLetterLimits.ProblemLengthMax];

    /// <summary>Whether the bytes are JSON that stays as it is on a line of its own.</summary>
    private static bool IsOneLine(ReadOnlySpan<byte> document)
    {
        if (document.IndexOf((byte)'\n') >= 0) return false;
        var reader = new Utf8JsonReader(document);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip()
                && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
