using System.Text;
using Culvert.Records;

namespace Culvert.Collector.Spool;

/// <summary>
/// What a checkpoint says. All numbers are varints:
/// <code>
/// version (1) | salt | segment number | offset | position | deletedBelow | firstPosition | output count | output* |
/// state output := name string | startedAt | cursor | stored | expired | damaged
/// state  := what ISpoolState wrote, to the end
/// </code>
/// Entries below offset of the segment are in the state; those behind it are counted again at the start. Segments with
/// a number below deletedBelow may be deleted, or are already.
/// </summary>
internal sealed class SpoolCheckpoint
{
    private const int Version = 1;

    public uint Salt { get; init; }

    public ulong Segment { get; init; }

    public long Offset { get; init; }

    public ulong Position { get; init; }

    public ulong DeletedBelow { get; init; }

    public ulong FirstPosition { get; init; }

    public IReadOnlyList<SpoolOutput> Outputs { get; init; } = [];

    public byte[] State { get; init; } = [];

    /// <summary>Writes all but the state, which the caller writes behind.</summary>
    public void WriteHead(RecordBuffer buffer)
    {
        buffer.WriteVarint(Version);
        buffer.WriteVarint(Salt);
        buffer.WriteVarint(Segment);
        buffer.WriteVarint((ulong)Offset);
        buffer.WriteVarint(Position);
        buffer.WriteVarint(DeletedBelow);
        buffer.WriteVarint(FirstPosition);
        buffer.WriteVarint((ulong)Outputs.Count);
        foreach (var output in Outputs)
        {
            buffer.WriteString(output.Name.AsSpan(), SpoolLimits.OutputNameBytesMax);
            buffer.WriteVarint(output.StartedAt);
            buffer.WriteVarint(output.Cursor);
            buffer.WriteVarint(output.Stored);
            buffer.WriteVarint(output.Expired);
            buffer.WriteVarint(output.Damaged);
        }
    }

    /// <summary>Reads a checkpoint; null when the bytes are none of this version.</summary>
    public static SpoolCheckpoint? Read(ReadOnlySpan<byte> source)
    {
        var at = 0;
        Span<ulong> head = stackalloc ulong[7];
        if (!TryReadAll(source, ref at, head) || head[0] != Version) return null;
        if (!RecordBytes.TryReadCount(source, ref at, SpoolLimits.OutputsMax, out var count)) return null;
        var outputs = new List<SpoolOutput>(count);
        Span<ulong> numbers = stackalloc ulong[5];
        for (var i = 0; i < count; i++)
        {
            if (!RecordBytes.TryReadString(source, ref at, SpoolLimits.OutputNameBytesMax, out var name)) return null;
            if (!TryReadAll(source, ref at, numbers)) return null;
            outputs.Add(SpoolOutput.Restore(
                Encoding.UTF8.GetString(name), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
        }

        return new SpoolCheckpoint
        {
            Salt = (uint)head[1],
            Segment = head[2],
            Offset = (long)head[3],
            Position = head[4],
            DeletedBelow = head[5],
            FirstPosition = head[6],
            Outputs = outputs,
            State = source[at..].ToArray(),
        };
    }

    private static bool TryReadAll(ReadOnlySpan<byte> source, scoped ref int at, Span<ulong> values)
    {
        foreach (ref var value in values)
        {
            if (!Varint.TryRead(source, ref at, out value)) return false;
        }

        return true;
    }
}
