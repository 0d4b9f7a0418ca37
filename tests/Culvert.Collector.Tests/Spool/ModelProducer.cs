using Culvert.Collector.Intake;

namespace Culvert.Collector.Tests.Spool;

/// <summary>A client in the model test: numbers its records, skips some, keeps what is not acknowledged and sends it
/// again.</summary>
internal sealed class ModelProducer(ProducerId id)
{
    private readonly List<(ulong First, ulong[] Sequences)> _unacknowledged = [];
    private ulong _next = 1;

    public ProducerId Id { get; } = id;

    /// <summary>The highest sequence that the spool said is safe.</summary>
    public ulong Acknowledged { get; set; }

    public IReadOnlyList<(ulong First, ulong[] Sequences)> Unacknowledged => _unacknowledged;

    public void MakeBatch(Random random)
    {
        var first = _next;
        var sequences = new ulong[random.Next(1, 12)];
        for (var i = 0; i < sequences.Length; i++)
        {
            if (random.Next(8) == 0) _next += (ulong)random.Next(1, 5);
            sequences[i] = _next++;
        }

        _unacknowledged.Add((first, sequences));
    }

    /// <summary>Takes note of an acknowledgement, and gives the sequences that it covers.</summary>
    public List<ulong> Acknowledge(ulong sequence)
    {
        var covered = _unacknowledged.SelectMany(batch => batch.Sequences).Where(number => number <= sequence).ToList();
        Acknowledged = Math.Max(Acknowledged, sequence);
        _unacknowledged.RemoveAll(batch => batch.Sequences[^1] <= Acknowledged);
        return covered;
    }
}
