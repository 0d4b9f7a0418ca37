using System.Buffers.Binary;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Intake;

/// <summary>
/// Records that were shed because the disk was short, by level from trace to fatal. Under the ledger's gate.
/// <code>saved := count i64 × 6 | magic "CVSL"</code>
/// It ends what the ledger saves, since the producers before it are read until they end; a checkpoint of an earlier
/// version has none.
/// </summary>
internal sealed class ShedCounts
{
    /// <summary>What it takes in a checkpoint.</summary>
    public const int SavedBytes = LogProtocol.LevelCount * sizeof(long) + MagicBytes;

    private const int MagicBytes = 4;

    private readonly long[] _counts = new long[LogProtocol.LevelCount];

    private static ReadOnlySpan<byte> Magic => "CVSL"u8;

    /// <param name="counts">By level, or null when nothing was shed.</param>
    public void Add(long[]? counts)
    {
        for (var level = 0; level < counts?.Length; level++) _counts[level] += counts[level];
    }

    public long[] Snapshot() => [.. _counts];

    public void Save(RecordBuffer buffer)
    {
        foreach (var count in _counts) buffer.WriteInt64(count);
        buffer.WriteBytes(Magic);
    }

    /// <summary>Reads the end of what was saved, if it is there, and returns what stands before it.</summary>
    public ReadOnlySpan<byte> TakeFrom(ReadOnlySpan<byte> saved)
    {
        if (saved.Length < SavedBytes || !saved.EndsWith(Magic)) return saved;
        var start = saved.Length - SavedBytes;
        for (var level = 0; level < _counts.Length; level++)
            _counts[level] = BinaryPrimitives.ReadInt64LittleEndian(saved[(start + level * sizeof(long))..]);
        return saved[..start];
    }
}
