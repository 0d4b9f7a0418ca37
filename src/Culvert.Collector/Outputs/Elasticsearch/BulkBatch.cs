using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Intake;
using Culvert.Collector.Records;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>
/// The body of a <c>_bulk</c> request: for each record a line that says create, with index and id, and the document.
/// Reused; one thread at a time.
/// </summary>
internal sealed class BulkBatch : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(BulkLimits.BatchBytesFirst);
    private readonly ArrayBufferWriter<byte> _part = new();
    private readonly List<BulkItem> _items = [];
    private readonly HashSet<DayIndex> _indices = [];
    private readonly IdentityWriter _identity = new();
    private readonly Utf8JsonWriter _json;

    public BulkBatch() => _json = new Utf8JsonWriter(_buffer, RecordJson.WriterOptions);

    public IReadOnlyList<BulkItem> Items => _items;

    /// <summary>Those that it writes.</summary>
    public IReadOnlyCollection<DayIndex> Indices => _indices;

    public int Bytes => _buffer.WrittenCount;

    /// <summary>Whether a record of this index may still be added.</summary>
    public bool Takes(DayIndex index) => _indices.Count < BulkLimits.BatchIndicesMax || _indices.Contains(index);

    public void Add(
        DayIndex index, ProducerId producer, ulong sequence, in StoredRecord record, ElasticsearchDocument document)
    {
        var identity = _identity.Write(producer, sequence);
        _indices.Add(index);
        var action = _buffer.WrittenCount;
        _buffer.Write("{\"create\":{\"_index\":\""u8);
        _buffer.Write(index.Name);
        _buffer.Write("\",\"_id\":\""u8);
        _buffer.Write(identity);
        _buffer.Write("\"}}\n"u8);
        var start = _buffer.WrittenCount;
        document.Write(_json, record, identity, index.Numbers);
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        _items.Add(new BulkItem(
            record.Position, index, producer, sequence, action, start, _buffer.WrittenCount,
            start + document.NumbersStart, start + document.NumbersEnd));
    }

    /// <summary>The document alone, without its line break.</summary>
    public ReadOnlyMemory<byte> Document(BulkItem item) => _buffer.WrittenMemory[item.Start..(item.End - 1)];

    /// <summary>What to send for these items, valid until the next call.</summary>
    public ReadOnlyMemory<byte> Body(ReadOnlySpan<int> items)
    {
        if (items.Length == _items.Count) return _buffer.WrittenMemory;
        _part.ResetWrittenCount();
        foreach (var i in items) _part.Write(_buffer.WrittenSpan[_items[i].Action.._items[i].End]);
        return _part.WrittenMemory;
    }

    /// <summary>Takes the numeric fields out of a document, since the index has no room for another field. False when
    /// it has none.</summary>
    public bool TakeNumbersOut(BulkItem item)
    {
        var part = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span;
        part = part[item.NumbersStart..item.NumbersEnd];
        if (part.Length == 0 || part[0] == ' ') return false;
        part.Fill((byte)' ');
        return true;
    }

    public void Clear()
    {
        _items.Clear();
        _indices.Clear();
        _buffer.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();
}

/// <summary>Where a record lies in a batch.</summary>
/// <param name="Position">The record's.</param>
/// <param name="Index">The index that it goes to.</param>
/// <param name="Producer">With the sequence its identity.</param>
/// <param name="Sequence">See there.</param>
/// <param name="Action">Where its action begins.</param>
/// <param name="Start">Where its document begins.</param>
/// <param name="End">Behind its line break.</param>
/// <param name="NumbersStart">Where its numeric fields begin, with the comma before them.</param>
/// <param name="NumbersEnd">Where they end; the same when there are none.</param>
internal readonly record struct BulkItem(
    ulong Position, DayIndex Index, ProducerId Producer, ulong Sequence, int Action, int Start, int End,
    int NumbersStart, int NumbersEnd)
{
    public int Bytes => End - Action;
}
