using System.Buffers;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Http;

/// <summary>Collects the records of one request as finished batches, so that nothing of a body is handed on before all
/// of
/// it was read. Reused: <see cref="Clear"/> keeps the memory. One thread at a time.</summary>
internal sealed class RecordBatches
{
    // Looked through one by one for a resource that is there already; a batch with more is closed.
    private const int ResourcesMax = 32;

    private readonly RecordBatchWriter _writer = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<(int Start, int Length, int Records)> _batches = [];
    private readonly List<byte[]> _resources = [];
    private byte[] _resource = EmptyResource;
    private int _resourceIndex = -1;

    /// <summary>An encoded resource without attributes.</summary>
    public static byte[] EmptyResource { get; } = AttributeWriter.Encode([]);

    public int Count => _batches.Count;

    public int RecordCount { get; private set; }

    /// <summary>Memory held, so that its owner can tell whether to keep it.</summary>
    public int CapacityBytes => _bytes.Capacity;

    public ReadOnlyMemory<byte> Batch(int index) =>
        _bytes.WrittenMemory.Slice(_batches[index].Start, _batches[index].Length);

    public int RecordsOf(int index) => _batches[index].Records;

    /// <summary>Sets the resource of the records that follow; the bytes are copied if they are new.</summary>
    public void UseResource(ReadOnlySpan<byte> encoded)
    {
        if (encoded.SequenceEqual(_resource)) return;
        _resource = encoded.ToArray();
        _resourceIndex = -1;
    }

    /// <summary>Begins a record, which the caller completes on the writer and ends with
    /// <see cref="EndRecord"/>.</summary>
    public RecordBatchWriter BeginRecord(Severity severity, long timeNs)
    {
        if (_writer.IsFull) Close();
        if (_resourceIndex < 0) _resourceIndex = FindResource();
        _writer.BeginRecord(_resourceIndex, severity, timeNs);
        return _writer;
    }

    /// <summary>Ends the record; false when it was too large, and is not in the batch.</summary>
    public bool EndRecord(bool truncated)
    {
        if (!_writer.EndRecord(truncated)) return false;
        RecordCount++;
        return true;
    }

    /// <summary>Closes the batch under way; called after the last record.</summary>
    public void Close()
    {
        if (!_writer.IsEmpty)
        {
            var start = _bytes.WrittenCount;
            _writer.WriteTo(_bytes);
            _batches.Add((start, _bytes.WrittenCount - start, _writer.RecordCount));
        }

        _writer.Clear();
        _resources.Clear();
        _resourceIndex = -1;
    }

    public void Clear()
    {
        _writer.Clear();
        _bytes.ResetWrittenCount();
        _batches.Clear();
        _resources.Clear();
        _resource = EmptyResource;
        _resourceIndex = -1;
        RecordCount = 0;
    }

    private int FindResource()
    {
        for (var i = 0; i < _resources.Count; i++)
        {
            if (_resources[i].AsSpan().SequenceEqual(_resource)) return i;
        }

        if (_resources.Count == ResourcesMax) Close();
        _resources.Add(_resource);
        return _writer.AddResource(_resource);
    }
}
