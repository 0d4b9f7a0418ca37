using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Web.Api;

/// <summary>
/// Records as CSV (RFC 4180). A cell that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP's
/// "CSV injection" advises: whoever can write a log line must not run anything on the reader's desk.
/// </summary>
internal static class RecordCsv
{
    public const string Head = "position,time,level,service,host,logger,trace,body,attributes\r\n";

    public static void Append(StringBuilder output, in StoredRecord record)
    {
        Span<byte> time = stackalloc byte[RecordTime.TextLength];
        output.Append(record.Position).Append(',');
        output.Append(Encoding.ASCII.GetString(RecordTime.Format(record.TimeNs, time))).Append(',');
        output.Append(LevelText.Name(record.Severity)).Append(',');
        Cell(output, record.Source.Service).Append(',');
        Cell(output, record.Source.Host).Append(',');
        Cell(output, Encoding.UTF8.GetString(record.Logger)).Append(',');
        if (record.Trace.Length >= 16) output.Append(Convert.ToHexStringLower(record.Trace[..16]));
        output.Append(',');
        Cell(output, Encoding.UTF8.GetString(record.Body)).Append(',');
        Cell(output, Attributes(record.Attributes)).Append("\r\n");
    }

    private static string Attributes(AttributeList attributes)
    {
        if (attributes.Count == 0) return "";
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, RecordJson.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var attribute in attributes)
            {
                writer.WritePropertyName(attribute.Key);
                RecordJson.WriteValue(writer, attribute);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static StringBuilder Cell(StringBuilder output, string text)
    {
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal)) text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n")
            ? output.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"')
            : output.Append(text);
    }
}
