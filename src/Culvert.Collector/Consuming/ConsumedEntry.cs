using Culvert.Collector.Intake;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Consuming;

/// <summary>Records of one message, as the spool would hold them.</summary>
internal sealed record ConsumedEntry
{
    public required ProducerId Producer { get; init; }

    public required ulong FirstSequence { get; init; }

    public required int RecordCount { get; init; }

    public required long ObservedNs { get; init; }

    public required byte[] Origin { get; init; }

    public required byte[] Records { get; init; }

    public SpoolEntry At(ulong position) => new()
    {
        Position = position,
        RecordCount = RecordCount,
        Producer = Producer,
        FirstSequence = FirstSequence,
        LastSequence = FirstSequence + (ulong)RecordCount - 1,
        ObservedNs = ObservedNs,
        Origin = Origin,
        Records = Records,
    };
}
