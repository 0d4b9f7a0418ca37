using System.Buffers.Binary;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Win32.SafeHandles;

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
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly SafeFileHandle _file;
    private readonly RecordBuffer _batch = new(RecordLimits.BatchBytesTarget * 2);
    private readonly List<int> _frames = [];
    private readonly Action<JournalStep>? _onStep;
    private byte[] _chunk = new byte[JournalLimits.ReadBytes];
    private int _capacity;
    private ulong _position;
    private ulong _sequence;
    private ulong _free;
    private ulong _consumed;
    private ulong _records;

    private JournalReader(string path, SafeFileHandle file, Action<JournalStep>? onStep) =>
        (Path, _file, _onStep) = (path, file, onStep);

    public string Path { get; }

    public byte[] Producer { get; } = new byte[JournalLayout.ProducerBytes];

    public ulong Epoch { get; private set; }

    /// <summary>As the program says.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The owner, as the kernel says.</summary>
    public uint UserId { get; private set; }

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
        var file = JournalFolder.TryOpen(path);
        if (file is null) return null;
        var reader = new JournalReader(path, file, onStep);
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
    public bool TryTakeOver() => IsOrphan |= JournalFolder.TryLock(_file);

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
        ReadRing(_position, _chunk.AsSpan(0, (int)(end - _position)));
        _onStep?.Invoke(JournalStep.Read);
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
        Write(JournalLayout.ConsumedOffset, fields);
        _consumed = position;
        _onStep?.Invoke(JournalStep.Consumed);
        ZeroConsumed();
    }

    /// <summary>The numbers that the program gives: the highest sequence, and what it dropped by level. False when they
    /// change while they are read.</summary>
    public bool TryReadReport(Span<ulong> dropped, out ulong produced)
    {
        var tail = ReadField(JournalLayout.TailOffset);
        for (var level = 0; level < LogProtocol.LevelCount; level++)
            dropped[level] = ReadField(JournalLayout.DroppedOffset + level * sizeof(ulong));
        produced = JournalLayout.SequenceOf(tail & ~JournalLayout.Closed, _sequence);
        return tail == ReadField(JournalLayout.TailOffset);
    }

    /// <summary>Removes a journal that is drained.</summary>
    public void Remove()
    {
        _onStep?.Invoke(JournalStep.Drained);
        File.Delete(Path);
    }

    public void Dispose() => _file.Dispose();

    private void ReadHeader()
    {
        UserId = Transports.Linux.FileStatus.Of((int)_file.DangerousGetHandle())?.UserId ?? uint.MaxValue;
        Span<byte> header = stackalloc byte[JournalLayout.FieldsEnd];
        Read(0, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != JournalLayout.Magic) throw Damaged("begins otherwise");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[JournalLayout.VersionOffset..]) != JournalLayout.Version)
            throw Damaged("has a version that is not known here; update the collector");
        var capacity = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.CapacityOffset..]);
        if (capacity is < JournalLimits.CapacityMin or > JournalLimits.CapacityMax || !ulong.IsPow2(capacity)
            || RandomAccess.GetLength(_file) != JournalLayout.FileBytes((int)capacity))
            throw Damaged("is not as large as it says");
        _capacity = (int)capacity;
        header.Slice(JournalLayout.ProducerOffset, JournalLayout.ProducerBytes).CopyTo(Producer);
        Epoch = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.EpochOffset..]);
        ProcessId = BinaryPrimitives.ReadInt32LittleEndian(header[JournalLayout.ProcessOffset..]);
        ReadResource(BinaryPrimitives.ReadUInt32LittleEndian(header[JournalLayout.ResourceBytesOffset..]));
        ReadPlace(header);
    }

    private void ReadResource(uint bytes)
    {
        if (bytes > JournalLayout.ResourceBytesMax) throw Damaged("has a resource longer than its place");
        Resource = new byte[bytes];
        Read(JournalLayout.ResourceOffset, Resource);
        var at = 0;
        if (!AttributeList.TryRead(Resource, ref at, out var list) || at != Resource.Length || !list.IsValid())
            throw Damaged("has a resource that cannot be read");
    }

    private void ReadPlace(ReadOnlySpan<byte> header)
    {
        _consumed = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedOffset..]);
        _sequence = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedSequenceOffset..]);
        _records = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.ConsumedRecordsOffset..]);
        _free = BinaryPrimitives.ReadUInt64LittleEndian(header[JournalLayout.FreeOffset..]);
        if (_consumed % JournalLayout.FrameAlignment != 0 || _free % JournalLayout.FrameAlignment != 0
            || _consumed > long.MaxValue || _sequence > long.MaxValue || _free > _consumed
            || _consumed - _free > (ulong)_capacity) throw Damaged("has a place of reading that cannot be");
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
        var extent = _free + (ulong)_capacity - _position;
        var have = (int)Math.Min((ulong)_chunk.Length, extent);
        ReadRing(_position, _chunk.AsSpan(0, have));
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
                if (length < 0 || at < have) abandoned++;
                continue;
            }

            var frame = FrameBytes(length, extent - (ulong)at);
            if (frame > have - at)
            {
                if (at > 0) break;
                (_chunk, have) = (new byte[frame], frame);
                ReadRing(_position, _chunk);
                continue;
            }

            _frames.Add(at);
            _frames.Add(length);
            bytes += length;
            at += frame;
        }

        return (_position + (ulong)at, abandoned);
    }

    /// <summary>What to step over where a frame is not committed: nothing while the program lives.</summary>
    private int Skip(int at, int length, int have)
    {
        if (!IsOrphan) return 0;
        var left = (long)(TailPosition() - _position) - at;
        if (left <= 0) return 0;
        if (length < 0)
        {
            // Of a frame that is longer than what was read, the rest is stepped over with the next.
            if (length == int.MinValue) throw Damaged("holds a frame that cannot be");
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

    private JournalBatch WriteBatch(ulong end, int abandoned)
    {
        var first = _sequence + 1;
        var count = _frames.Count / 2;
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
        for (var i = 0; i < _frames.Count / 2; i++)
        {
            var sequence = BinaryPrimitives.ReadUInt64LittleEndian(
                _chunk.AsSpan(_frames[2 * i] + JournalLayout.FrameSequenceOffset));
            if (sequence <= previous || sequence > long.MaxValue) throw Damaged("numbers its records otherwise");
            previous = sequence;
            if (isSound is not null && !isSound[i]) continue;
            WriteRecord(sequence - written - 1, ContentOf(i));
            written = sequence;
        }

        return (previous, written);
    }

    private ReadOnlySpan<byte> ContentOf(int index) =>
        _chunk.AsSpan(_frames[2 * index] + JournalLayout.FrameHeaderBytes, _frames[2 * index + 1]);

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
        if (length > JournalLimits.ContentBytesMax(_capacity) || (ulong)JournalLayout.FrameBytes(length) > room)
            throw Damaged("holds a frame that is longer than it can be");
        return JournalLayout.FrameBytes(length);
    }

    /// <summary>Of a dead program: it stands still.</summary>
    private ulong TailPosition()
    {
        var tail = JournalLayout.PositionOf(ReadField(JournalLayout.TailOffset), _position);
        return tail <= _free + (ulong)_capacity ? tail : throw Damaged("ends where it cannot");
    }

    private void ZeroConsumed()
    {
        if (_free == _consumed) return;
        for (var at = _free; at < _consumed;)
        {
            var inRing = (int)(at & ((ulong)_capacity - 1));
            var count = (int)Math.Min((ulong)Math.Min(Zeros.Length, _capacity - inRing), _consumed - at);
            Write(JournalLayout.DataOffset + inRing, Zeros.AsSpan(0, count));
            at += (ulong)count;
        }

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
        Write(offset, field);
    }

    private void ReadRing(ulong position, Span<byte> target)
    {
        var inRing = (int)(position & ((ulong)_capacity - 1));
        var first = Math.Min(target.Length, _capacity - inRing);
        Read(JournalLayout.DataOffset + inRing, target[..first]);
        if (first < target.Length) Read(JournalLayout.DataOffset, target[first..]);
    }

    private ulong ReadField(int offset)
    {
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        Read(offset, field);
        return BinaryPrimitives.ReadUInt64LittleEndian(field);
    }

    private void Read(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var count = RandomAccess.Read(_file, target, offset);
            if (count == 0) throw Damaged("was cut");
            offset += count;
            target = target[count..];
        }
    }

    private void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        // Written behind a new end, the file would grow again, and hide that it was cut.
        if (RandomAccess.GetLength(_file) != JournalLayout.FileBytes(_capacity)) throw Damaged("was cut");
        RandomAccess.Write(_file, bytes, offset);
    }

    private JournalException Damaged(string what) =>
        new($"'{Path}' is no journal of a program, or is damaged: it {what}.");
}
