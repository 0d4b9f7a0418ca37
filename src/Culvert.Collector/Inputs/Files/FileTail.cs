using Culvert.Collector.Intake;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// Follows one file, by its open handle: whatever happens to its name, it is read to its end. Only the position is kept
/// between two reads, and what is held to be joined, so a file that is idle costs next to nothing.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class FileTail : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly InputContext _context;
    private readonly byte[] _guard = new byte[FilesLimits.GuardBytes];
    private TailStream[] _streams = [];
    private TailEncoding? _encoding;
    private FileFingerprint _fingerprint;
    private int _guardLength;
    private long _offset;
    private long? _skippedFrom;
    private long _partialBytes;
    private long _partialSince;

    public FileTail(InputContext context, SafeFileHandle file, FileState state, FilesOptions options)
    {
        _context = context;
        _file = file;
        Producer = state.Producer;
        Id = state.Id;
        Generation = state.Generation;
        Position = _offset = state.Position;
        _fingerprint = state.Fingerprint;
        Path = state.Path;
        Format = options.Format;
        Resource = MakeResource(Path, options.ServiceName);
        ChangedAt = context.Time.GetTimestamp();
        MakeStreams();
        if (_offset > 0) _encoding = TailEncoding.Detect(Head()) ?? TailEncoding.Utf8;
    }

    public UInt128 Producer { get; }

    public FileId Id { get; }

    public ulong Generation { get; private set; }

    /// <summary>All before it is durable.</summary>
    public long Position { get; private set; }

    /// <summary>Its last known name.</summary>
    public string Path { get; set; }

    public FilesFormat Format { get; private set; }

    public bool IsContainer => Format is FilesFormat.Docker or FilesFormat.Cri;

    public IReadOnlyList<KeyValuePair<string, object?>> Resource { get; }

    /// <summary>When it was last seen to change, as a timestamp of the clock.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>When it is looked at next, as a timestamp of the clock.</summary>
    public long PollAt { get; set; }

    /// <summary>The scan that found a name for it last.</summary>
    public long FoundInScan { get; set; }

    public bool IsDeleted { get; private set; }

    /// <summary>Whether its state must be durable before a record of it is given away: it is new, or begins
    /// anew.</summary>
    public bool NeedsSaving { get; set; } = true;

    /// <summary>Whether the state has changed since it was saved.</summary>
    public bool IsDirty { get; set; } = true;

    public bool IsHolding => _streams.Any(stream => stream.IsHolding);

    /// <summary>All before it was written to batches.</summary>
    public long SafePosition
    {
        get
        {
            var position = _skippedFrom ?? _offset;
            foreach (var stream in _streams) position = Math.Min(position, stream.HeldFrom ?? position);
            return position;
        }
    }

    public int IndexOf(TailStream stream) => ReferenceEquals(stream, _streams[0]) ? 0 : 1;

    public FileState ToState(long nowNs)
    {
        // The longer the fingerprint, the surer; so it grows with what was read until it is full. A first one is of
        // what is there, so that no record is given away of a file that could not be told from a later one.
        var length = _fingerprint.Length == 0 ? FilesLimits.FingerprintBytesMax : _offset;
        var canGrow = _fingerprint.Length < FilesLimits.FingerprintBytesMax && length > _fingerprint.Length;
        if (canGrow && _fingerprint.Matches(_file)) _fingerprint = FileFingerprint.Of(_file, length);
        return new FileState
        {
            Producer = Producer, Id = Id, Generation = Generation, Position = Position, Fingerprint = _fingerprint,
            SeenNs = nowNs, Path = Path,
        };
    }

    /// <summary>Looks whether there is something to read.</summary>
    public bool HasMore()
    {
        if (!FileStat.TryGet(_file, out var stat)) return false;
        IsDeleted = stat.IsDeleted;
        if (stat.SizeBytes < _offset)
        {
            MustRestart = true;
            return true;
        }

        return stat.SizeBytes > _offset + _partialBytes;
    }

    /// <summary>Reads as much as one turn allows and writes it to the sink; true when there may be more.</summary>
    public bool Read(TailSink sink, TailBuffer buffer)
    {
        ChangedAt = _context.Time.GetTimestamp();
        if (MustRestart)
        {
            Restart(sink);
            return true;
        }

        if (_fingerprint.Length == 0)
        {
            NeedsSaving = IsDirty = true;
            return true;
        }

        var wanted = buffer.Bytes.AsSpan(0, _guardLength + FilesLimits.TurnBytes);
        var count = RandomAccess.Read(_file, wanted, _offset - _guardLength);
        if (count < _guardLength || !wanted[.._guardLength].SequenceEqual(_guard.AsSpan(0, _guardLength)))
        {
            Restart(sink);
            return true;
        }

        var start = _offset;
        var data = wanted[_guardLength..count];
        var isFull = count == wanted.Length;
        TakeLines(data, sink, buffer);
        KeepGuard(wanted[..(_guardLength + (int)(_offset - start))]);
        sink.Flush();
        return isFull;
    }

    /// <summary>Writes what has waited long enough: joined lines, and a last line whose end does not come. Where the
    /// file
    /// is gone, nothing is waited for.</summary>
    public void WriteDue(TailSink sink, TailBuffer buffer, TimeSpan partialTimeout)
    {
        var isOld = _context.Time.GetElapsedTime(_partialSince) >= partialTimeout;
        if (_partialBytes > 0 && (isOld || IsDeleted)) TakePartial(sink, buffer);
        foreach (var stream in _streams)
        {
            if (IsDeleted) stream.WriteAll(sink);
            else stream.WriteDue(sink);
        }

        sink.Flush();
    }

    /// <summary>Notes that the file is durable up to a position of this generation.</summary>
    public void Acknowledge(ProducerId producer, long position)
    {
        if (producer.Epoch != Epoch || position <= Position) return;
        Position = position;
        IsDirty = true;
    }

    /// <summary>Notes that every batch of the file is durable, so that also what makes no record is behind
    /// it.</summary>
    public void Settle()
    {
        if (Position == SafePosition) return;
        Position = SafePosition;
        IsDirty = true;
    }

    /// <summary>Gives back memory while the file is idle.</summary>
    public void Trim()
    {
        foreach (var stream in _streams) stream.Trim();
    }

    public void Dispose() => _file.Dispose();

    private ulong Epoch => ProducerId.OffsetEpoch | Generation;

    private bool MustRestart { get; set; }

    private void TakeLines(ReadOnlySpan<byte> data, TailSink sink, TailBuffer buffer)
    {
        if (_offset == 0 && !TryBegin(ref data)) return;
        while (true)
        {
            var end = _encoding!.IndexOfNewline(data);
            if (end < 0) break;
            var next = end + _encoding.NewlineBytes;
            if (_skippedFrom is null) TakeLine(data[..end], next, sink, buffer);
            _skippedFrom = null;
            _offset += next;
            data = data[next..];
            if (sink.IsFull) sink.Flush();
        }

        if (_skippedFrom is null && data.Length > FilesLimits.LineBytesMax)
        {
            TakeLine(data, data.Length, sink, buffer);
            _skippedFrom = _offset;
        }

        if (_skippedFrom is not null)
        {
            // A character of two bytes is not torn, so that the line's end is found where it is.
            var skipped = data.Length / _encoding.NewlineBytes * _encoding.NewlineBytes;
            _offset += skipped;
            data = data[skipped..];
        }

        NotePartial(data.Length);
    }

    private bool TryBegin(ref ReadOnlySpan<byte> data)
    {
        _encoding = TailEncoding.Detect(data);
        if (_encoding is null)
        {
            NotePartial(data.Length);
            return false;
        }

        _offset = _encoding.MarkBytes;
        data = data[_encoding.MarkBytes..];
        return true;
    }

    /// <summary>Takes the line at the read offset, of which the content and the bytes with its end are given.</summary>
    private void TakeLine(ReadOnlySpan<byte> content, int bytes, TailSink sink, TailBuffer buffer)
    {
        var (start, end) = (_offset, _offset + bytes);
        var isCut = content.Length > FilesLimits.LineBytesMax;
        if (isCut)
        {
            // Numbered by where it is cut, so that it has this number also when its end was not seen yet.
            content = content[..FilesLimits.LineBytesMax];
            end = start + FilesLimits.LineBytesMax;
        }

        var durable = _streams[0].Durable;
        if (start < durable && durable < end)
        {
            // The line's beginning was taken by itself, because its end did not come in time.
            content = content[(int)Math.Min(durable - start, content.Length)..];
            start = durable;
        }

        TakeText(_encoding!.ToUtf8(content, ref buffer.Text), start, end, isCut, sink, buffer);
    }

    private void TakeText(ReadOnlySpan<byte> text, long start, long end, bool isCut, TailSink sink, TailBuffer buffer)
    {
        if (Format == FilesFormat.Auto && !text.IsEmpty) Format = Recognise(text, buffer);
        var isContainer = Format switch
        {
            FilesFormat.Docker => ContainerLine.TryReadDocker(text, ref buffer.Log, out var docker)
                && Take(docker, start, end, sink),
            FilesFormat.Cri => ContainerLine.TryReadCri(text, out var cri) && Take(cri, start, end, sink),
            _ => false,
        };
        if (!isContainer) _streams[0].Take(text, start, end, false, isCut, 0, sink);
    }

    private bool Take(in ContainerLine line, long start, long end, TailSink sink)
    {
        _streams[line.IsError ? 1 : 0].Take(line.Text, start, end, line.IsPartial, false, line.TimeNs, sink);
        return true;
    }

    private static FilesFormat Recognise(ReadOnlySpan<byte> line, TailBuffer buffer)
    {
        if (ContainerLine.TryReadDocker(line, ref buffer.Log, out _)) return FilesFormat.Docker;
        return ContainerLine.TryReadCri(line, out _) ? FilesFormat.Cri : FilesFormat.Json;
    }

    private void TakePartial(TailSink sink, TailBuffer buffer)
    {
        var content = buffer.Bytes.AsSpan(0, (int)_partialBytes);
        var count = RandomAccess.Read(_file, content, _offset);
        if (count < content.Length || (_offset == 0 && _encoding is null)) return;
        TakeLine(content, content.Length, sink, buffer);
        _offset += content.Length;
        _partialBytes = 0;
        KeepGuard(content);
    }

    // The first time, or when more came without an end: the wait begins anew.
    private void NotePartial(int bytes)
    {
        if (bytes == _partialBytes) return;
        _partialBytes = bytes;
        _partialSince = _context.Time.GetTimestamp();
    }

    private void KeepGuard(ReadOnlySpan<byte> before)
    {
        _guardLength = Math.Min(before.Length, _guard.Length);
        before[^_guardLength..].CopyTo(_guard);
    }

    private void Restart(TailSink sink)
    {
        // What is held came before the truncation, and nothing that follows continues it.
        foreach (var stream in _streams) stream.WriteAll(sink);
        sink.Flush();
        _context.Loggers.CreateLogger<FileTail>().Truncated(Path, _offset);
        MustRestart = false;
        Generation++;
        Position = _offset = 0;
        _guardLength = 0;
        _skippedFrom = null;
        _partialBytes = 0;
        _encoding = null;
        _fingerprint = default;
        NeedsSaving = IsDirty = true;
        MakeStreams();
    }

    // The second stream's producer differs in one bit, which is as good as random to all others.
    private void MakeStreams() => _streams = [MakeStream(Producer), MakeStream(Producer ^ 1)];

    private TailStream MakeStream(UInt128 producer)
    {
        var id = new ProducerId(producer, Epoch);
        return new TailStream(_context.Time, id, _context.Intake.DurableSequence(id));
    }

    private ReadOnlySpan<byte> Head()
    {
        var head = new byte[3];
        return head.AsSpan(0, RandomAccess.Read(_file, head, 0));
    }

    private static List<KeyValuePair<string, object?>> MakeResource(string path, string? serviceName)
    {
        var attributes = ContainerPath.Read(path).ToList();
        if (serviceName is not null) attributes.RemoveAll(attribute => attribute.Key == "service.name");
        if (attributes.All(attribute => attribute.Key != "service.name"))
            attributes.Insert(0, new("service.name", serviceName ?? System.IO.Path.GetFileNameWithoutExtension(path)));
        attributes.Add(new("host.name", HostName.Own));
        attributes.Add(new("log.file.path", path));
        return attributes;
    }
}
