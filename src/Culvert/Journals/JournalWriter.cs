using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>
/// The program's side of its journal: a record is in the file, and so outlives the program, when <see cref="Commit"/>
/// returns true. See <see cref="JournalLayout"/>.
/// </summary>
/// <remarks>Any thread, without a lock: a call takes place and number by one compare-and-swap of the tail, marks the
/// frame with its length below zero, fills it, and commits it by one release store.</remarks>
internal sealed unsafe class JournalWriter : IRecordSink, IDisposable
{
    private const int LevelCount = LogProtocol.LevelCount;

    private readonly SafeFileHandle _file;
    private readonly JournalMapping _mapping;
    private readonly ulong* _tail;
    private readonly byte* _data;
    private readonly ulong _mask;
    private readonly ulong _limit;
    private readonly ulong _limitBelowWarn;
    private readonly int _contentBytesMax;
    private readonly JournalOptions _options;
    private readonly Action<JournalStep>? _onStep;
    private readonly object _pause = new();
    private readonly bool[] _waitExpired = new bool[2];
    private readonly Lock _shapesLock = new();
    private int _shapeCount;
    private int _shapesBytes;
    private ulong _free;
    private ulong _sequence;
    private int _isDisposed;

    private JournalWriter(
        JournalOptions options, ShipperIdentity identity, SafeFileHandle file, JournalMapping mapping, string path)
    {
        (_options, _file, _mapping, Path, Identity) = (options, file, mapping, path, identity);
        _onStep = options.OnStep;
        _tail = (ulong*)(mapping.Address + JournalLayout.TailOffset);
        _data = mapping.Data;
        _mask = (ulong)mapping.Capacity - 1;
        _limit = (ulong)mapping.Capacity;
        _limitBelowWarn = (ulong)mapping.Capacity / 4 * 3;
        _contentBytesMax = JournalLimits.ContentBytesMax(mapping.Capacity);
    }

    public string Path { get; }

    public ShipperIdentity Identity { get; }

    /// <summary>The highest sequence given.</summary>
    public ulong Produced
    {
        get
        {
            // What is known first: it must not be higher than what the tail says.
            var known = Volatile.Read(ref _sequence);
            return JournalLayout.SequenceOf(Volatile.Read(ref *_tail), known);
        }
    }

    /// <summary>Records that a collector has made durable.</summary>
    public ulong Consumed => Volatile.Read(ref Field(JournalLayout.ConsumedRecordsOffset));

    private ulong ConsumedSequence => Volatile.Read(ref Field(JournalLayout.ConsumedSequenceOffset));

    /// <summary>Makes a journal. Throws <see cref="JournalException"/> when it cannot.</summary>
    public static JournalWriter Create(JournalOptions options)
    {
        if (options.Resource.Length > JournalLayout.ResourceBytesMax)
        {
            throw new JournalException(
                $"The resource takes {options.Resource.Length} bytes; a journal has room for "
                + $"{JournalLayout.ResourceBytesMax}.");
        }

        if (JournalFolder.Journals(options.Folder).Count >= JournalLimits.FilesMax)
        {
            throw new JournalException(
                $"'{options.Folder}' holds {JournalLimits.FilesMax} journals that no collector has read; "
                + "start one, or remove them.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return CreateOnce(options);
            }
            catch (IOException exception) when (
                attempt < JournalLimits.CreateAttempts && exception is not JournalException { IsLasting: true })
            {
                // A collector that starts may have taken the folder, or the file, for one that a dead program left.
                _ = exception;
            }
        }
    }

    public bool Commit(Severity severity, byte[] resource, ReadOnlySpan<byte> content)
    {
        var level = LogProtocol.LevelOf(severity);
        if (content.IsEmpty) return Drop(level);
        if (TryCommit(level, content) || _options.Spill?.TryCommit(level, content) == true) return true;
        if (content.Length > _contentBytesMax
            || !TryWaitForRoom(level, content.Length, out var position, out var sequence)) return Drop(level);
        Write(position, sequence, 0, content);
        return true;
    }

    /// <summary>Commits what a record has of its own beside a shape, if there is room now; what there is none for is
    /// not counted. Any thread; the content is copied.</summary>
    /// <param name="severity">As for <see cref="Commit"/>.</param>
    /// <param name="shape">What <see cref="AddShape"/> returned, and not 0.</param>
    /// <param name="content">As <see cref="ShapedRecordWriter"/> makes it.</param>
    public bool TryCommitShaped(Severity severity, uint shape, ReadOnlySpan<byte> content) =>
        TryCommit(LogProtocol.LevelOf(severity), content, shape);

    /// <summary>Keeps a shape, encoded, for records to come, and returns its number; 0 when there is no room for
    /// more.</summary>
    public uint AddShape(ReadOnlySpan<byte> shape)
    {
        lock (_shapesLock)
        {
            if (_shapeCount == JournalLimits.ShapeCountMax
                || shape.Length > JournalLayout.ShapesBytesMax - _shapesBytes) return 0;
            var at = _mapping.Address + JournalLayout.ShapesOffset + _shapesBytes;
            shape.CopyTo(new Span<byte>(at, shape.Length));
            _shapesBytes += shape.Length;
            _onStep?.Invoke(JournalStep.Described);

            // The partner is JournalShapes.Read: what it counts is there. A frame of the shape comes later still.
            Volatile.Write(ref Field(JournalLayout.ShapesBytesOffset), (ulong)_shapesBytes);
            GC.KeepAlive(this);
            return (uint)++_shapeCount;
        }
    }

    public void ReadDropped(Span<ulong> byLevel)
    {
        for (var level = 0; level < LevelCount; level++) byLevel[level] = Volatile.Read(ref Dropped(level));
    }

    /// <summary>Whether a collector has made durable all that was committed up to a number.</summary>
    public bool IsConsumedTo(ulong sequence)
    {
        if (ConsumedSequence >= sequence) return true;

        // A dropped record at the end has a number that no collector ever reads.
        return Consumed + DroppedTotal() >= sequence;
    }

    /// <summary>Takes no more records and lets the journal go: a collector drains and removes it. Does not wait for
    /// one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        Interlocked.Or(ref *_tail, JournalLayout.Closed);
        lock (_pause) Monitor.PulseAll(_pause);

        // On Linux the mapping holds the lock as well, and on both it stays for threads that are still in it.
        JournalSystem.Current.Unlock(_file);
        _file.Dispose();
        _options.Spill?.Dispose();
    }

    /// <summary>Commits a record if there is room now; what there is none for is not counted.</summary>
    private bool TryCommit(int level, ReadOnlySpan<byte> content, uint shape = 0)
    {
        if (content.Length > _contentBytesMax) return false;
        if (!TryClaim(JournalLayout.FrameBytes(content.Length), LimitOf(level), out var position, out var sequence))
            return false;
        Write(position, sequence, shape, content);
        return true;
    }

    private void Write(ulong position, ulong sequence, uint shape, ReadOnlySpan<byte> content)
    {
        _onStep?.Invoke(JournalStep.Claimed);
        var frame = _data + (position & _mask);

        // Where calls to come will write: the compare-and-swap of the next one waits until this one's stores are done.
        if (Sse.IsSupported) Sse.Prefetch0(frame + JournalLimits.PrefetchBytes);

        // The partners of these two stores are JournalReader's reads. The first lets it step over a frame whose
        // thread died; the second publishes what stands between them.
        Volatile.Write(ref *(int*)frame, -content.Length);
        _onStep?.Invoke(JournalStep.Marked);
        *(uint*)(frame + JournalLayout.FrameShapeOffset) = shape;
        *(ulong*)(frame + JournalLayout.FrameSequenceOffset) = sequence;
        content.CopyTo(new Span<byte>(frame + JournalLayout.FrameHeaderBytes, content.Length));
        _onStep?.Invoke(JournalStep.Filled);
        Volatile.Write(ref *(int*)frame, content.Length);
        _onStep?.Invoke(JournalStep.Committed);
        GC.KeepAlive(this);
    }

    private ulong LimitOf(int level) => level >= LogProtocol.LevelWarn ? _limit : _limitBelowWarn;

    private static JournalWriter CreateOnce(JournalOptions options)
    {
        JournalFolder.Prepare(options.Folder);
        var identity = ShipperIdentity.Create(options.Time);
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(
            options.CapacityBytes, JournalLimits.CapacityMin, JournalLimits.CapacityMax));
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{identity.Epoch:x16}-{Convert.ToHexStringLower(identity.Producer.AsSpan(0, 4))}-{Environment.ProcessId}");
        var file = JournalFolder.CreateFile(
            options.Folder, name, JournalLayout.FileBytes(capacity), options.StaysInMemory);
        try
        {
            var mapping = JournalMapping.Create(file, capacity, options.StaysInMemory);
            WriteHeader(mapping.Address, capacity, identity, options.Resource);
            var path = JournalFolder.Publish(options.Folder, name);
            return new JournalWriter(options, identity, file, mapping, path);
        }
        catch
        {
            file.Dispose();
            JournalFolder.RemoveUnfinished(options.Folder, name);
            throw;
        }
    }

    private static void WriteHeader(byte* at, int capacity, ShipperIdentity identity, byte[] resource)
    {
        *(uint*)(at + JournalLayout.MagicOffset) = JournalLayout.Magic;
        *(uint*)(at + JournalLayout.VersionOffset) = JournalLayout.Version;
        *(ulong*)(at + JournalLayout.CapacityOffset) = (ulong)capacity;
        identity.Producer.CopyTo(new Span<byte>(at + JournalLayout.ProducerOffset, JournalLayout.ProducerBytes));
        *(ulong*)(at + JournalLayout.EpochOffset) = identity.Epoch;
        *(uint*)(at + JournalLayout.ProcessOffset) = (uint)Environment.ProcessId;
        *(uint*)(at + JournalLayout.ResourceBytesOffset) = (uint)resource.Length;
        resource.CopyTo(new Span<byte>(at + JournalLayout.ResourceOffset, resource.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryClaim(int frameBytes, ulong limit, out ulong position, out ulong sequence)
    {
        while (true)
        {
            // The tail is read first: whatever the other two say later, they fit it if the exchange succeeds.
            var tail = Volatile.Read(ref *_tail);
            var free = Volatile.Read(ref _free);
            position = JournalLayout.PositionOf(tail, free);
            sequence = JournalLayout.SequenceOf(tail, Volatile.Read(ref _sequence)) + 1;
            if (tail >= JournalLayout.Closed) return false;
            if (position + (ulong)frameBytes - free > limit)
            {
                if (TryReadFree(free, position)) continue;
                if (Volatile.Read(ref *_tail) != tail) continue;
                return false;
            }

            var next = JournalLayout.Tail(position + (ulong)frameBytes, sequence);
            if (Interlocked.CompareExchange(ref *_tail, next, tail) != tail) continue;
            Volatile.Write(ref _sequence, sequence);
            return true;
        }
    }

    /// <summary>Looks how far the collector has come. True when that is farther than was known.</summary>
    private bool TryReadFree(ulong known, ulong position)
    {
        // The collector writes them with two system calls, the first before the second, and the kernel may write one in
        // pieces: when both are the same it is a whole value.
        var again = Volatile.Read(ref Field(JournalLayout.FreeAgainOffset));
        var free = Volatile.Read(ref Field(JournalLayout.FreeOffset));
        if (free != again || free <= known || free > position || free % JournalLayout.FrameAlignment != 0) return false;

        // It only grows, whoever of several threads writes it.
        var seen = known;
        while (free > seen)
        {
            var found = Interlocked.CompareExchange(ref _free, free, seen);
            if (found == seen) break;
            seen = found;
        }

        (_waitExpired[0], _waitExpired[1]) = (false, false);
        return true;
    }

    private bool TryWaitForRoom(int level, int contentBytes, out ulong position, out ulong sequence)
    {
        (position, sequence) = (0, 0);
        var (frameBytes, limit) = (JournalLayout.FrameBytes(contentBytes), LimitOf(level));
        ref var expired = ref _waitExpired[level >= LogProtocol.LevelWarn ? 1 : 0];
        if (_options.FullMode == FullMode.Drop || Volatile.Read(ref expired)) return false;
        var started = _options.Time.GetTimestamp();
        while (Volatile.Read(ref *_tail) < JournalLayout.Closed)
        {
            lock (_pause) Monitor.Wait(_pause, JournalLimits.RoomPause);
            if (TryClaim(frameBytes, limit, out position, out sequence)) return true;
            if (_options.WaitTimeout == Timeout.InfiniteTimeSpan
                || _options.Time.GetElapsedTime(started) < _options.WaitTimeout) continue;
            Volatile.Write(ref expired, true);
            return false;
        }

        return false;
    }

    /// <summary>A dropped record has its number too: the gap tells the collector that something is missing.</summary>
    private bool Drop(int level)
    {
        Interlocked.Increment(ref Dropped(level));
        ShippingMetrics.CountDropped(level);
        while (true)
        {
            var tail = Volatile.Read(ref *_tail);
            if (tail >= JournalLayout.Closed) return false;
            var sequence = JournalLayout.SequenceOf(tail, Volatile.Read(ref _sequence)) + 1;
            var position = JournalLayout.PositionOf(tail, Volatile.Read(ref _free));
            if (Interlocked.CompareExchange(ref *_tail, JournalLayout.Tail(position, sequence), tail) != tail) continue;
            Volatile.Write(ref _sequence, sequence);
            GC.KeepAlive(this);
            return false;
        }
    }

    private ulong DroppedTotal()
    {
        var sum = 0UL;
        for (var level = 0; level < LevelCount; level++) sum += Volatile.Read(ref Dropped(level));
        return sum;
    }

    private ref ulong Field(int offset) => ref *(ulong*)(_mapping.Address + offset);

    private ref ulong Dropped(int level) => ref Field(JournalLayout.DroppedOffset + level * sizeof(ulong));
}
