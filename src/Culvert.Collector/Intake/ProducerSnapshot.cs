namespace Culvert.Collector.Intake;

/// <summary>What is known of one producer epoch.</summary>
/// <param name="Producer">32 hexadecimal digits.</param>
/// <param name="Epoch">Which start of it.</param>
/// <param name="Input">The input it came by.</param>
/// <param name="Service">The program's name.</param>
/// <param name="Produced">The highest sequence that was heard of.</param>
/// <param name="Received">Records that arrived, each once.</param>
/// <param name="Lost">Sequences below the highest that arrived which never came.</param>
/// <param name="LostRanges">The first of these as ranges, both ends included.</param>
/// <param name="DroppedByLevel">What the program says that it dropped itself, from trace to fatal; these are among
/// Lost.</param>
internal sealed record ProducerSnapshot(
    string Producer, ulong Epoch, string Input, string Service, ulong Produced, ulong Received, ulong Lost,
    IReadOnlyList<SequenceRange> LostRanges, IReadOnlyList<ulong> DroppedByLevel)
{
    /// <summary>Numbered by the producer, not arrived yet, and not known to be lost.</summary>
    public ulong Outstanding => Produced - Received - Lost;
}

/// <summary>Sequences, both ends included.</summary>
internal readonly record struct SequenceRange(ulong From, ulong To);
