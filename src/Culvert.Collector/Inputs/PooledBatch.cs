using System.Buffers;
using Culvert.Records;

namespace Culvert.Collector.Inputs;

/// <summary>The bytes of one batch in pooled memory, given back by <see cref="Dispose"/>.</summary>
internal sealed class PooledBatch : IBufferWriter<byte>, IDisposable
{
    private byte[]? _bytes;
    private int _length;

    /// <summary>How many records, where the maker knows; counted if they must be left behind.</summary>
    public int RecordCount { get; private init; }

    public int Length => _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public static PooledBatch From(RecordBatchWriter writer)
    {
        var batch = new PooledBatch { RecordCount = writer.RecordCount };
        writer.WriteTo(batch);
        return batch;
    }

    public static PooledBatch From(in ReadOnlySequence<byte> bytes)
    {
        var batch = new PooledBatch();
        var length = (int)bytes.Length;
        bytes.CopyTo(batch.GetSpan(length));
        batch.Advance(length);
        return batch;
    }

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = _length + Math.Max(sizeHint, 1);
        if (_bytes is null || _bytes.Length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            Bytes.CopyTo(larger);
            if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_length);
    }

    public void Dispose()
    {
        if (_bytes is null) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        _length = 0;
    }
}
