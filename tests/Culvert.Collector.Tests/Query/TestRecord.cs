using System.Text;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Tests.Query;

/// <summary>A record that lives as long as a test wants; <see cref="Stored"/> is the view that queries match
/// on.</summary>
internal sealed class TestRecord
{
    private readonly byte[] _body;
    private readonly byte[] _attributes;
    private readonly byte[] _trace;
    private readonly byte[] _template;
    private readonly byte[] _logger;
    private readonly byte[] _event;

    public TestRecord(
        string body,
        Severity severity = Severity.Info,
        IEnumerable<KeyValuePair<string, object?>>? attributes = null,
        IEnumerable<KeyValuePair<string, object?>>? resource = null,
        IEnumerable<KeyValuePair<string, object?>>? origin = null,
        string trace = "",
        string template = "",
        string logger = "",
        string eventName = "",
        ulong position = 0,
        byte[]? rawBody = null)
    {
        _body = rawBody ?? Encoding.UTF8.GetBytes(body);
        _attributes = Encode(attributes ?? []);
        _trace = Convert.FromHexString(trace);
        _template = Encoding.UTF8.GetBytes(template);
        _logger = Encoding.UTF8.GetBytes(logger);
        _event = Encoding.UTF8.GetBytes(eventName);
        Severity = severity;
        Position = position;
        Source = Source.From(Encode(origin ?? []), Encode(resource ?? []));
    }

    public Severity Severity { get; }

    public ulong Position { get; }

    public Source Source { get; }

    public StoredRecord Stored => new()
    {
        Position = Position,
        TimeNs = 1_700_000_000_123_456_789,
        ObservedNs = 1_700_000_000_200_000_000,
        Severity = Severity,
        Flags = RecordFlags.None,
        Source = Source,
        Trace = _trace,
        Template = _template,
        Logger = _logger,
        EventName = _event,
        Body = _body,
        Attributes = AttributeList.Read(_attributes),
    };

    /// <summary>Marks a text as the JSON of an attribute.</summary>
    public sealed record Json(string Text);

    private static byte[] Encode(IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var buffer = new RecordBuffer(256);
        var writer = AttributeWriter.Begin(buffer);
        foreach (var (key, value) in attributes)
        {
            if (value is Json json) writer.AddJson(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(json.Text));
            else if (value is byte[] bytes) writer.AddBytes(Encoding.UTF8.GetBytes(key), bytes);
            else writer.Add(key, value);
        }

        writer.End();
        return buffer.Written.ToArray();
    }
}
