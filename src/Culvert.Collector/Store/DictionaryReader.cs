using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Reads what <see cref="DictionaryColumn"/> wrote. Reused; one thread at a time.</summary>
internal sealed class DictionaryReader
{
    private byte[] _raw = [];
    private int[] _starts = new int[64];
    private int[] _lengths = new int[64];
    private int[] _indexes = [];

    /// <summary>A record's string, in memory that is valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> this[int record]
    {
        get
        {
            var index = _indexes[record];
            return _raw.AsSpan(_starts[index], _lengths[index]);
        }
    }

    public void Read(ReadOnlySpan<byte> raw, int records)
    {
        if (_indexes.Length < records) _indexes = new int[StoreLimits.BlockRecordsMax];
        (_starts[0], _lengths[0]) = (0, 0);
        if (raw.IsEmpty)
        {
            Array.Clear(_indexes, 0, records);
            return;
        }

        if (_raw.Length < raw.Length) _raw = new byte[raw.Length * 5 / 4];
        raw.CopyTo(_raw);
        var at = 0;
        if (!RecordBytes.TryReadCount(raw, ref at, StoreLimits.BlockRecordsMax, out var count)) throw Damaged();
        if (_starts.Length <= count) (_starts, _lengths) = (new int[count * 2], new int[count * 2]);
        (_starts[0], _lengths[0]) = (0, 0);
        for (var i = 1; i <= count; i++)
        {
            if (!RecordBytes.TryReadString(raw, ref at, raw.Length, out var value)) throw Damaged();
            (_starts[i], _lengths[i]) = (at - value.Length, value.Length);
        }

        for (var i = 0; i < records; i++)
        {
            if (!RecordBytes.TryReadCount(raw, ref at, count, out _indexes[i])) throw Damaged();
        }
    }

    private static BlockDamagedException Damaged() => new("A dictionary column cannot be read.");
}
