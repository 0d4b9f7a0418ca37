using System.Text;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>One record that an input handed over, as plain values.</summary>
internal sealed record CapturedRecord
{
    public required ProducerId Producer { get; init; }

    public required ulong Sequence { get; init; }

    public required Severity Severity { get; init; }

    public required RecordFlags Flags { get; init; }

    public required long TimeNs { get; init; }

    public required string Trace { get; init; }

    public required string Template { get; init; }

    public required string Logger { get; init; }

    public required string EventName { get; init; }

    public required string Body { get; init; }

    public required Dictionary<string, object?> Attributes { get; init; }

    public required Dictionary<string, object?> Resource { get; init; }

    public required Dictionary<string, object?> Origin { get; init; }

    public static CapturedRecord From(
        in RecordView record, ProducerId producer, ulong sequence, AttributeList resource, AttributeList origin) =>
            new()
    {
        Producer = producer,
        Sequence = sequence,
        Severity = record.Severity,
        Flags = record.Flags,
        TimeNs = record.TimeNs,
        Trace = Convert.ToHexStringLower(record.Trace),
        Template = Encoding.UTF8.GetString(record.Template),
        Logger = Encoding.UTF8.GetString(record.Logger),
        EventName = Encoding.UTF8.GetString(record.EventName),
        Body = Encoding.UTF8.GetString(record.Body),
        Attributes = Read(record.Attributes),
        Resource = Read(resource),
        Origin = Read(origin),
    };

    private static Dictionary<string, object?> Read(AttributeList list)
    {
        var values = new Dictionary<string, object?>();
        foreach (var attribute in list)
        {
            values[Encoding.UTF8.GetString(attribute.Key)] = attribute.Type switch
            {
                AttributeType.Null => null,
                AttributeType.True => true,
                AttributeType.False => false,
                AttributeType.Int64 => attribute.Int64,
                AttributeType.Double => attribute.Double,
                AttributeType.Bytes => attribute.Value.ToArray(),
                _ => Encoding.UTF8.GetString(attribute.Value),
            };
        }

        return values;
    }
}
