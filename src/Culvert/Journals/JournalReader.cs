using System.Buffers.Binary;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Journals;

/// <summary>
/// The collector's side of one journal. The file is another process's, and may change or shrink at any moment: it is
/// read and written by system calls alone, never mapped, since a mapping of a file that was cut ends the process that
/// looks at it. Every number in it is checked before it is used.
/// </summary>
/// <remarks>One thread at a time. Throws <see cref="JournalException"/> when the file is no journal (any more); the
/// reader is of no use then.</remarks>
internal sealed class JournalReader : IDisposable
{
    private readonly JournalFile _file;
    private readonly RecordBuffer _batch = new(RecordLimits.BatchBytesTarget * 2);
    private readonly List<Frame> _frames = [];
    private readonly JournalShapes _shapes;
    private readonly RecordBuffer _made = new(RecordLimits.BatchBytesTarget * 2);
    private readonly Action<JournalStep>? _onStep;
    private byte[] _chunk = new byte[JournalLimits.ReadBytes];
    private ulong _position;
    private ulong _sequence;
    private ulong _free;
    private ulong _consumed;
    private ulong _records;

    private JournalReader(JournalFile file, Action<JournalStep>? onStep) =>
        (_file, _shapes, _onStep) = (file, new JournalShapes(file), onStep);

    public string Path => _file.Path;

    public byte[] Producer { get; } = new byte[JournalLayout.ProducerBytes];

    public ulong Epoch { get; private set; }

    /// <summary>As the program says.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Encoded.</summary>
    public byte[] Resource { get; private set; } = [];

    /// <summary>Whether the program is gone, so that the file is this reader's alone.</summary>
    public bool IsOrphan { get; private set; }

    /// <summary>Whether nothing is left of a dead program's journal.</summary>
    public bool IsDrained => IsOrphan && _position == _consumed && _position == TailPosition();

    /// <summary>Opens a journal. Null when there is none of this user at the path: a link, a pipe, another user's
    /// file.</summary>
    public static JournalReader? TryOpen(string path, Action<JournalStep>? onStep = null)
    {
        var file = JournalSystem.Current.TryOpen(path);
        if (file is null) return null;
        var reader = new JournalReader(new JournalFile(path, file), onStep);
        try
        {
            reader.ReadHeader();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Takes the program's place if it is gone: the lock ends with it, by whatever it ended.</summary>
    public bool TryTakeOver() => IsOrphan |= _file.TryLock();

    /// <summary>What was read last, as a batch of RecordLayout that was validated; until the next read.</summary>
    public ReadOnlyMemory<byte> Batch => _batch.WrittenMemory;

    /// <summary>Reads the next committed records into <see cref="Batch"/>. What is not committed is waited for while
    /// the program lives, and stepped over when it is dead.</summary>
    public JournalBatch Read()
    {
        var (end, abandoned) = FindCommitted();
        if (end == _position) return new JournalBatch(_sequence + 1, _sequence, _sequence, _position, 0, 0, 0);

        // The lengths were seen, so what was written before them is there: but a copy made in one go may hold a length
        // and what was there before it. The partner is the release store in JournalWriter.Commit.
        Thread.MemoryBarrier();
        _file.ReadRing(_position, _chunk.AsSpan(0, (int)(end - _position)));
        _onStep?.Invoke(JournalStep.Read);
        MakeShaped(ref end, ref abandoned);
        var batch = WriteBatch(end, abandoned);
        (_position, _sequence) = (end, batch.LastSequence);
        return batch;
    }

    /// <summary>Everything below is durable: gives the room back to the program.</summary>
    public void Release(ulong position, ulong sequence, int records)
    {
        _onStep?.Invoke(JournalStep.Durable);
        _records += (ulong)records;
        Span<byte> fields = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(fields, position);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[8..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[16..], _records);
        _file.Write(JournalLayout.ConsumedOffset, fields);
        _consumed = position;
        _onStep?.Invoke(JournalStep.Consumed);
        ZeroConsumed();
    }

    /// <summary>The numbers that the program gives: the highest sequence, and what it dropped by level. False when they
    /// change while they are read.</summary>
    public bool TryReadReport(Span<ulong> dropped, out ulong produced)
    {
        var tail = _file.ReadField(JournalLayout.TailOffset);
        for (var level = 0; level < LogProtocol.LevelCount; level++)
            dropped[level] = _file.ReadField(JournalLayout.DroppedOffset + level * sizeof(ulong));
        produced = JournalLayout.SequenceOf(tail & ~JournalLayout.Closed, _sequence);
        return tail == _file.ReadField(JournalLayout.TailOffset);
    }

    /// <summary>Removes a journal that is drained; false when it must be tried again.</summary>
    public bool TryRemove()
    {
        _onStep?.Invoke(JournalStep.Drained);
        return JournalFolder.TryRemove(Path);
    }

    public void Dispose() => _file.Dispose();

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[JournalLayout.FieldsEnd];
        _file.Read(0, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != JournalLayout.Magic)
            throw _file.Damaged("begins otherwise");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[JournalLayout.VersionOffset..]) != JournalLayout.Version)
            throw _file.Damaged("has a version that is not known here; update the collector");
        var capacity = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.CapacityOffset..]);
        if (capacity is < JournalLimits.CapacityMin or > JournalLimits.CapacityMax || !ulong.IsPow2(capacity)
            || _file.Bytes != JournalLayout.FileBytes((int)capacity))
            throw _file.Damaged("is not as large as it says");
        _file.Capacity = (int)capacity;
        header.Slice(JournalLayout.ProducerOffset, JournalLayout.ProducerBytes).CopyTo(Producer);
        Epoch = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.EpochOffset..]);
        ProcessId = BinaryPrimitives.ReadInt32LittleEndian(header[JournalLayout.ProcessOffset..]);
        ReadResource(BinaryPrimitives.ReadUInt32LittleEndian(header[JournalLayout.ResourceBytesOffset..]));
        ReadPlace(header);
    }

    private void ReadResource(uint bytes)
    {
        if (bytes > JournalLayout.ResourceBytesMax) throw _file.Damaged("has a resource longer than its place");
        Resource = new byte[bytes];
        _file.Read(JournalLayout.ResourceOffset, Resource);
        var at = 0;
        if (!AttributeList.TryRead(Resource, ref at, out var list) || at != Resource.Length || !list.IsValid())
            throw _file.Damaged("has a resource that cannot be read");
    }

    private void ReadPlace(ReadOnlySpan<byte> header)
    {
        _consumed = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedOffset..]);
        _sequence = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedSequenceOffset..]);
        _records = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedRecordsOffset..]);
        _free = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.FreeOffset..]);
        if (_consumed % JournalLayout.FrameAlignment != 0 || _free % JournalLayout.FrameAlignment != 0
            || _consumed > long.MaxValue || _sequence > long.MaxValue || _free > _consumed
            || _consumed - _free > (ulong)_file.Capacity) throw _file.Damaged("has a place of reading that cannot be");
        _position = _consumed;

        // A collector that was killed between two steps left the rest to this one.
        ZeroConsumed();
        WriteFree(JournalLayout.FreeAgainOffset);
    }

    /// <summary>Finds how far frames are committed, for one batch: their lengths are what counts from here on, whatever
    /// is written there meanwhile.</summary>
    private (ulong End, int Abandoned) FindCommitted()
    {
        _frames.Clear();
        var extent = _free + (ulong)_file.Capacity - _position;
        var have = (int)Math.Min((ulong)_chunk.Length, extent);
        _file.ReadRing(_position, _chunk.AsSpan(0, have));
        var (at, abandoned, bytes) = (0, 0, 0);
        while (have - at >= JournalLayout.FrameHeaderBytes && bytes < RecordLimits.BatchBytesTarget
            && _frames.Count < RecordLimits.BatchRecordCountMax)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_chunk.AsSpan(at));
            if (length <= 0)
            {
                var skipped = Skip(at, length, have);
                if (skipped == 0) break;
                at += skipped;
                if (length < 0 || at < have || IsTail(at)) abandoned++;
                continue;
            }

            var frame = FrameBytes(length, extent - (ulong)at);
            if (frame > have - at)
            {
                if (at > 0) break;
                (_chunk, have) = (new byte[frame], frame);
                _file.ReadRing(_position, _chunk);
                continue;
            }

            _frames.Add(new Frame(at, length, abandoned));
            bytes += length;
            at += frame;
        }

        return (_position + (ulong)at, abandoned);
    }

    private bool IsTail(int at) => _position + (ulong)at == TailPosition();

    /// <summary>What to step over where a frame is not committed: nothing while the program lives.</summary>
    private int Skip(int at, int length, int have)
    {
        if (!IsOrphan) return 0;
        var left = (long)(TailPosition() - _position) - at;
        if (left <= 0) return 0;
        if (length < 0)
        {
            // Of a frame that is longer than what was read, the rest is stepped over with the next.
            if (length == int.MinValue) throw _file.Damaged("holds a frame that cannot be");
            var frame = FrameBytes(-length, (ulong)left);
            if (frame <= have - at) return frame;
            if (at > 0) return 0;
            _chunk = new byte[frame];
            return frame;
        }

        // The thread died before it said how long. All of its place is zeros, so the next frame begins with the next
        // word that is none.
        var end = (int)Math.Min(have - at, left);
        for (var next = JournalLayout.FrameAlignment; next < end; next += JournalLayout.FrameAlignment)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(_chunk.AsSpan(at + next)) != 0) return next;
        }

        return end;
    }

    /// <summary>Makes the records of frames that have a shape. They are larger than their frames, so those that no
    /// batch has room for are left for the next.</summary>
    private void MakeShaped(ref ulong end, ref int abandoned)
    {
        _made.Clear();
        var scratch = RecordScratch.Rent();
        var bytes = 0;
        for (var i = 0; i < _frames.Count; i++)
        {
            var frame = _frames[i];
            if (bytes >= RecordLimits.BatchBytesTarget)
            {
                (end, abandoned) = (_position + (ulong)frame.At, frame.AbandonedBefore);
                _frames.RemoveRange(i, _frames.Count - i);
                break;
            }

            var shape = BinaryPrimitives.ReadUInt32LittleEndian(
                _chunk.AsSpan(frame.At + JournalLayout.FrameShapeOffset));
            if (shape == 0)
            {
                bytes += frame.Length;
                continue;
            }

            var content = _chunk.AsSpan(frame.At + JournalLayout.FrameHeaderBytes, frame.Length);
            var at = _made.Length;
            if (_shapes.Find(shape)?.TryExpand(content, scratch) == true) _made.WriteBytes(scratch.Content);
            bytes += _made.Length - at;
            _frames[i] = frame with { IsMade = true, MadeAt = at, MadeEnd = _made.Length };
        }

        scratch.Return();
    }

    private JournalBatch WriteBatch(ulong end, int abandoned)
    {
        var first = _sequence + 1;
        var count = _frames.Count;
        var (last, lastRecord) = WriteRecords(count, isSound: null);
        if (count == 0 || RecordBatchReader.Validate(_batch.Written, out _, out _, out _))
            return new JournalBatch(first, last, lastRecord, end, count, 0, abandoned);

        // Seldom, so each record is asked for itself what the whole was.
        var isSound = new bool[count];
        for (var i = 0; i < count; i++)
        {
            WriteBatchHead(1);
            WriteRecord(0, ContentOf(i));
            isSound[i] = RecordBatchReader.Validate(_batch.Written, out _, out _, out _);
        }

        var sound = isSound.Count(static sound => sound);
        (last, lastRecord) = WriteRecords(sound, isSound);
        return new JournalBatch(first, last, lastRecord, end, sound, count - sound, abandoned);
    }

    /// <summary>Writes the batch, of all records or of those that are sound; returns the last sequence read and
    /// the last written.</summary>
    private (ulong Read, ulong Written) WriteRecords(int count, bool[]? isSound)
    {
        WriteBatchHead(count);
        var (previous, written) = (_sequence, _sequence);
        for (var i = 0; i < _frames.Count; i++)
        {
            var sequence = BinaryPrimitives.ReadUInt64LittleEndian(
                _chunk.AsSpan(_frames[i].At + JournalLayout.FrameSequenceOffset));
            if (sequence <= previous || sequence > long.MaxValue) throw _file.Damaged("numbers its records otherwise");
            previous = sequence;
            if (isSound is not null && !isSound[i]) continue;
            WriteRecord(sequence - written - 1, ContentOf(i));
            written = sequence;
        }

        return (previous, written);
    }

    /// <summary>The record of a frame; empty for one of which none can be made.</summary>
    private ReadOnlySpan<byte> ContentOf(int index)
    {
        var frame = _frames[index];
        return frame.IsMade
            ? _made.Written[frame.MadeAt..frame.MadeEnd]
            : _chunk.AsSpan(frame.At + JournalLayout.FrameHeaderBytes, frame.Length);
    }

    private void WriteBatchHead(int count)
    {
        _batch.Clear();
        _batch.WriteByte(RecordLayout.Version);
        _batch.WriteVarint(1);
        _batch.WriteBytes(Resource);
        _batch.WriteVarint((ulong)count);
    }

    private void WriteRecord(ulong gap, ReadOnlySpan<byte> content)
    {
        _batch.WriteVarint((ulong)(Varint.Size(gap) + 1 + content.Length));
        _batch.WriteVarint(gap);
        _batch.WriteByte(0);
        _batch.WriteBytes(content);
    }

    private int FrameBytes(int length, ulong room)
    {
        if (length > JournalLimits.ContentBytesMax(_file.Capacity) || (ulong)JournalLayout.FrameBytes(length) > room)
            throw _file.Damaged("holds a frame that is longer than it can be");
        return JournalLayout.FrameBytes(length);
    }

    /// <summary>Of a dead program: it stands still.</summary>
    private ulong TailPosition()
    {
        var tail = JournalLayout.PositionOf(_file.ReadField(JournalLayout.TailOffset), _position);
        return tail <= _free + (ulong)_file.Capacity ? tail : throw _file.Damaged("ends where it cannot");
    }

    private void ZeroConsumed()
    {
        if (_free == _consumed) return;
        _file.ZeroRing(_free, _consumed);
        _onStep?.Invoke(JournalStep.Zeroed);
        _free = _consumed;

        // The writer takes the value when both are the same: see JournalWriter.TryReadFree.
        WriteFree(JournalLayout.FreeOffset);
        _onStep?.Invoke(JournalStep.HalfFreed);
        WriteFree(JournalLayout.FreeAgainOffset);
        _onStep?.Invoke(JournalStep.Freed);
    }

    private void WriteFree(int offset)
    {
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(field, _free);
        _file.Write(offset, field);
    }

    /// <summary>A committed frame, in the chunk, and in what was made when it has a shape.</summary>
    private readonly record struct Frame(int At, int Length, int AbandonedBefore)
    {
        public bool IsMade { get; init; }

        public int MadeAt { get; init; }

        public int MadeEnd { get; init; }
    }
}
