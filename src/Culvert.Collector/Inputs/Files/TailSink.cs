using System.Buffers;
using System.Diagnostics;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Files;

/// <summary>Makes records of lines and batches of records, for one file after the other. One thread at a
/// time.</summary>
internal sealed class TailSink
{
    private readonly InputContext _context;
    private readonly LineRecordParser _parser;
    private readonly PlainLineMapper _plain;
    private readonly TextRepair _repair = new();
    private readonly RecordDraft _draft = new();
    private readonly Slot[] _slots = [new(), new()];
    private readonly Action<TailBatch> _give;
    private readonly Stack<ArrayBufferWriter<byte>> _buffers = [];
    private FileTail? _tail;

    /// <param name="context">The input's.</param>
    /// <param name="give">Takes each batch that is closed.</param>
    public TailSink(InputContext context, Action<TailBatch> give)
    {
        _context = context;
        _parser = new LineRecordParser(context.Time);
        _plain = new PlainLineMapper(context.Time.LocalTimeZone);
        _give = give;
    }

    public bool IsFull => _slots[0].Batch.IsFull || _slots[1].Batch.IsFull;

    /// <summary>Begins to take the lines of another file; the last one's must be flushed.</summary>
    public void Use(FileTail tail)
    {
        Debug.Assert(_slots[0].Batch.IsEmpty && _slots[1].Batch.IsEmpty, "The file before was flushed.");
        if (ReferenceEquals(_tail, tail)) return;
        _tail = tail;
        foreach (var slot in _slots) slot.Resources = new ResourceTable(slot.Batch, tail.Resource);
    }

    /// <summary>Adds a record.</summary>
    public void Write(TailStream stream, in JoinedLine line, long timeNs)
    {
        var tail = _tail!;
        var slot = _slots[tail.IndexOf(stream)];
        Parse(line, tail.Format == FilesFormat.Plain).CountIn(_context.Ledger, _context.Name);
        if (_draft.TimeNs == 0) _draft.TimeNs = timeNs;
        if (tail.IsContainer)
            _draft.Attributes.Add("log.iostream"u8, tail.IndexOf(stream) == 0 ? "stdout"u8 : "stderr"u8);
        var sequence = (ulong)line.LastTag;
        var isFirst = slot.Batch.IsEmpty;
        Debug.Assert(isFirst || sequence > slot.Last, "Offsets only rise.");
        var gap = isFirst ? 0 : sequence - slot.Last - 1;
        if (!_draft.WriteTo(slot.Batch, slot.Resources!.IndexOf(_draft), gap))
        {
            _context.Ledger.CountDropped(_context.Name, DropReason.TooLong, 1);
            return;
        }

        if (isFirst) slot.First = sequence;
        slot.Last = sequence;
        slot.Stream = stream;
    }

    /// <summary>Closes the batches of the file, and gives them away.</summary>
    public void Flush()
    {
        var last = !_slots[1].Batch.IsEmpty ? 1 : 0;
        for (var i = 0; i < _slots.Length; i++)
        {
            if (!_slots[i].Batch.IsEmpty) _give(Close(_slots[i], i == last));
        }
    }

    /// <summary>Takes back the memory of a batch that is done.</summary>
    public void Return(TailBatch batch)
    {
        batch.Bytes.ResetWrittenCount();
        _buffers.Push(batch.Bytes);
    }

    private TailBatch Close(Slot slot, bool isLast)
    {
        if (!_buffers.TryPop(out var bytes)) bytes = new ArrayBufferWriter<byte>(RecordLimits.BatchBytesTarget + 4096);
        slot.Batch.WriteTo(bytes);
        slot.Batch.Clear();
        slot.Resources!.Clear();

        // The other stream's batch goes first, so only when the last one is durable is everything before the position.
        return new TailBatch(_tail!, slot.Stream!.Producer, slot.First, isLast ? _tail!.SafePosition : null, bytes);
    }

    private LineMends Parse(in JoinedLine line, bool isPlain)
    {
        if (!isPlain) return _parser.Parse(line.Text, _draft, line.IsCut);
        _draft.Clear();
        _plain.Map(_repair.Repair(line.Text, out var wasInvalid), _draft);
        _draft.Truncated = line.IsCut;
        return (wasInvalid ? LineMends.InvalidText : LineMends.None) | (line.IsCut ? LineMends.Cut : LineMends.None);
    }

    private sealed class Slot
    {
        public RecordBatchWriter Batch { get; } = new();

        public ResourceTable? Resources { get; set; }

        public TailStream? Stream { get; set; }

        public ulong First { get; set; }

        public ulong Last { get; set; }
    }
}
