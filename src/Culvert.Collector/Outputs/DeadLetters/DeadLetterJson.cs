using System.Globalization;
using System.Text;
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
        if (letter.Key.Length > 0) json.WriteString("key"u8, letter.Key);
        WriteDocument(json, letter.Document.Span);
        json.WriteEndObject();
    }

    /// <summary>Reads a line back; null when a crash cut it, or it is no letter.</summary>
    /// <param name="line">The line.</param>
    /// <param name="replayed">The ids of letters that were sent again.</param>
    public static KeptLetter? TryRead(string line, IReadOnlySet<string> replayed)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var id = root.GetProperty("id").GetString()!;
            return new KeptLetter
            {
                Id = id,
                Time = root.GetProperty("time").GetDateTimeOffset(),
                From = root.GetProperty("output").GetString()!,
                Reason = root.GetProperty("reason").GetString()!,
                Problem = root.GetProperty("problem").GetString()!,
                Place = root.GetProperty("target").GetString()!,
                Identity = root.GetProperty("identity").GetString()!,
                Type = root.GetProperty("type").GetString()!,
                Key = root.TryGetProperty("key", out var key) ? key.GetString()! : "",
                Document = root.TryGetProperty("document", out var json)
                    ? Encoding.UTF8.GetBytes(json.GetRawText())
                    : root.GetProperty("bytes").GetBytesFromBase64(),
                IsReplayed = replayed.Contains(id),
            };
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>A letter for machines.</summary>
    public static void Write(Utf8JsonWriter json, KeptLetter letter)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, letter.Id);
        json.WriteString("time"u8, letter.Time.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("from"u8, letter.From);
        json.WriteString("reason"u8, letter.Reason);
        json.WriteString("problem"u8, letter.Problem);
        json.WriteString("place"u8, letter.Place);
        json.WriteString("identity"u8, letter.Identity);
        json.WriteBoolean("replayed"u8, letter.IsReplayed);
        WriteDocument(json, letter.Document.Span);
        json.WriteEndObject();
    }

    public static string Short(string text) =>
        text.Length <= DeadLetterLimits.ProblemLengthMax ? text : text[..DeadLetterLimits.ProblemLengthMax];

    private static void WriteDocument(Utf8JsonWriter json, ReadOnlySpan<byte> document)
    {
        if (IsOneLine(document))
        {
            json.WritePropertyName("document"u8);
            json.WriteRawValue(document, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("bytes"u8, document);
        }
    }

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
