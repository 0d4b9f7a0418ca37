using System.Globalization;
using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Query.Fields;
using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>
/// A record as one line for a person at a terminal: time, level, service, body, then key=value. Whatever a log line
/// holds, it moves no cursor and starts no escape sequence: <see cref="TerminalText"/> takes every control character
/// out.
/// </summary>
internal static class RecordText
{
    private const string Reset = "\e[0m";
    private const string Faint = "\e[2m";
    private const string Mark = "\e[1;4m";

    private static readonly string[] LevelColours =
        ["", "\e[90m", "\e[36m", "\e[32m", "\e[33m", "\e[31m", "\e[1;37;41m"];

    /// <summary>Appends the line, without a line break.</summary>
    public static void Append(
        StringBuilder output, in StoredRecord record, RecordTextOptions options, LogQuery? query = null)
    {
        var time = TimeZoneInfo.ConvertTime(RecordTime.ToDateTime(record.TimeNs), options.TimeZone);
        Coloured(output, options, Faint, time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        output.Append(' ');
        Coloured(output, options, LevelColours[LevelText.Step(record.Severity)], LevelText.ShortName(record.Severity));
        output.Append(' ');
        var service = record.Source.Service.Length > 0 ? record.Source.Service : record.Source.Input;
        if (service.Length > 0)
        {
            TerminalText.Append(output, Encoding.UTF8.GetBytes(service));
            output.Append(": ");
        }

        AppendBody(output, record.Body, options, query);
        if (options.Attributes) AppendAttributes(output, record.Attributes, options);
    }

    private static void AppendBody(
        StringBuilder output, ReadOnlySpan<byte> body, RecordTextOptions options, LogQuery? query)
    {
        var at = 0;
        if (options.Colours && query is not null)
        {
            foreach (var (start, length) in QueryHighlights.Find(query, body))
            {
                TerminalText.Append(output, body[at..start]);
                output.Append(Mark);
                TerminalText.Append(output, body.Slice(start, length));
                output.Append(Reset);
                at = start + length;
            }
        }

        TerminalText.Append(output, body[at..]);
    }

    private static void AppendAttributes(StringBuilder output, AttributeList attributes, RecordTextOptions options)
    {
        if (options.Colours && attributes.Count > 0) output.Append(Faint);
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        var isJournal = JournalFields.IsEntry(attributes);
        foreach (var attribute in attributes)
        {
            if (isJournal && JournalFields.IsLeftOut(attribute.Key)) continue;
            output.Append(' ');
            TerminalText.Append(output, attribute.Key);
            output.Append('=');
            if (attribute.Type == AttributeType.Null) output.Append("null");
            else if (attribute.Type == AttributeType.Bytes) output.Append(Convert.ToBase64String(attribute.Value));
            else AppendValue(output, FieldValue.Of(attribute).Print(buffer), options);
        }

        if (options.Colours && attributes.Count > 0) output.Append(Reset);
    }

    private static void AppendValue(StringBuilder output, ReadOnlySpan<byte> value, RecordTextOptions options)
    {
        var isQuoted = value.IsEmpty || value.ContainsAny(" \"="u8);
        if (isQuoted) output.Append('"');
        TerminalText.Append(output, value, options.ValueLengthMax, isQuoted);
        if (isQuoted) output.Append('"');
    }

    private static void Coloured(StringBuilder output, RecordTextOptions options, string colour, string text)
    {
        if (options.Colours) output.Append(colour);
        output.Append(text);
        if (options.Colours) output.Append(Reset);
    }
}
