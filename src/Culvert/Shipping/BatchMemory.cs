using System.Diagnostics;
using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>
/// The bounded memory of a shipper: numbers the records, keeps them in batches until they are acknowledged, and drops
/// by the policy when it is full.
/// </summary>
/// <remarks>
/// Batches stand in order of their sequences: sent ones first, then sealed ones that wait, then the open one. Full
/// batches are sealed by the log calls; the sender seals a young one itself, and only when it can be sent, so that
/// while the collector is away every batch is filled and the memory is used whole. What a batch may grow to is charged
/// when it is opened: the bound holds for real memory, not for bytes in use.
/// </remarks>
internal sealed class BatchMemory : IRecordSink
{
    private readonly object _gate = new();
    private readonly List<PendingBatch> _sealed = [];
    private readonly Stack<PendingBatch> _free = new();
    private readonly ulong[] _dropped = new ulong[LogProtocol.LevelCount];
    private readonly bool[] _waitExpired = new bool[2];
    private readonly AsyncSignal _signal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _waitTimeout;
    private readonly TimeSpan _linger;
    private readonly FullMode _fullMode;
    private readonly int _batchBytes;
    private readonly long _bytesMax;
    private readonly long _bytesMaxBelowWarn;
    private PendingBatch? _open;
    private long _charged;
    private int _sentCount;
    private ulong _lastSequence;
    private ulong _lastCommitted;
    private ulong _lastSent;
    private ulong _acknowledgedRecords;
    private ulong _sentRecords;
    private ulong _undelivered;
    private ulong _flushTo;
    private bool _closed;

    public BatchMemory(LogShipperOptions options, AsyncSignal signal)
    {
        _signal = signal;
        _time = options.Time;
        _linger = options.Linger;
        _fullMode = options.FullMode;
        _waitTimeout = options.WaitTimeout;
        _bytesMax = options.BufferBytes;
        _bytesMaxBelowWarn = options.BufferBytes / 4 * 3;
        _batchBytes = Math.Min(RecordLimits.BatchBytesTarget, options.BufferBytes / ShippingLimits.BatchesPerBuffer);
    }

    /// <summary>Called, outside of the lock, after batches became free.</summary>
    public Action? Acknowledged { get; init; }

    public bool Commit(Severity severity, byte[] resource, ReadOnlySpan<byte> content)
    {
        var level = LogProtocol.LevelOf(severity);
        var wake = false;
        bool kept;
        lock (_gate)
        {
            kept = TryFindRoom(level, resource, content.Length, ref wake);
            // A dropped record has its number too: the gap tells the collector that something is missing.
            var sequence = ++_lastSequence;
            if (kept)
            {
                wake |= _open!.RecordCount == 0;
                _open.Append(sequence, resource, content);
                _lastCommitted = sequence;
            }
            else
            {
                _dropped[level]++;
            }
        }

        // Set under the lock, it would only make the sender wait for it.
        if (wake) _signal.Set();
        if (!kept) ShippingMetrics.CountDropped(level);
        return kept;
    }

    /// <summary>The next batch to send, or null. The caller writes it and then calls <see cref="MarkSent"/>.</summary>
    /// <param name="wait">When null is returned: how long nothing needs to be looked for, unless signalled.</param>
    public PendingBatch? Next(out TimeSpan wait)
    {
        wait = ShippingLimits.ReportInterval;
        lock (_gate)
        {
            if (_sentCount >= ShippingLimits.WindowBatches) return null;
            if (_sentCount < _sealed.Count) return _sealed[_sentCount];
            if (_open is null || _open.RecordCount == 0) return null;
            var age = _time.GetElapsedTime(_open.OpenedAt);
            if (age < _linger && _flushTo < _open.FirstSequence && !_closed)
            {
                wait = _linger - age;
                return null;
            }

            Seal();
            return _sealed[_sentCount];
        }
    }

    public void MarkSent(PendingBatch batch)
    {
        lock (_gate)
        {
            Debug.Assert(ReferenceEquals(_sealed[_sentCount], batch), "Batches are sent in order.");
            _sentCount++;
            _lastSent = Math.Max(_lastSent, batch.LastSequence);
            if (!batch.WasSent) _sentRecords += (ulong)batch.RecordCount;
            batch.WasSent = true;
        }
    }

    /// <summary>Frees what is durable. False when the collector claims what it was never sent.</summary>
    public bool Acknowledge(ulong sequence)
    {
        int count;
        ulong before, after;
        lock (_gate)
        {
            if (sequence > _lastSent) return false;
            before = _acknowledgedRecords;
            count = 0;
            while (count < _sentCount && _sealed[count].LastSequence <= sequence) Free(_sealed[count++]);
            if (count == 0) return true;
            _sealed.RemoveRange(0, count);
            _sentCount -= count;
            // The partner is TryFindRoom; all are woken, since calls of different levels wait for different room.
            Monitor.PulseAll(_gate);
            after = _acknowledgedRecords;
        }

        ShippingMetrics.CountAcknowledged(after - before);
        _signal.Set();
        Acknowledged?.Invoke();
        return true;
    }

    /// <summary>A new session begins: frees what is durable, and everything else is to be sent again.</summary>
    public bool Resume(ulong durable)
    {
        if (!Acknowledge(durable)) return false;
        lock (_gate) _sentCount = 0;
        return true;
    }

    /// <summary>Lets the open batch go at once. Returns the sequence whose acknowledgement means that all up to now is
    /// safe.</summary>
    public ulong BeginFlush()
    {
        ulong target;
        lock (_gate)
        {
            _flushTo = _lastCommitted;
            target = _lastCommitted;
        }

        _signal.Set();
        return target;
    }

    /// <summary>Takes no more records: each is dropped and counted. Calls that wait are woken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _signal.Set();
    }

    /// <summary>Whether everything up to the sequence is free again.</summary>
    public bool IsAcknowledged(ulong sequence)
    {
        lock (_gate)
        {
            var first = _sealed.Count > 0 ? _sealed[0] : _open;
            return first is null || first.FirstSequence > sequence;
        }
    }

    /// <summary>Whether batches are on their way, and so an acknowledgement is due.</summary>
    public bool HasInFlight
    {
        get { lock (_gate) return _sentCount > 0; }
    }

    /// <summary>Gives up what was never acknowledged; returns its number.</summary>
    public ulong Abandon()
    {
        lock (_gate)
        {
            _undelivered += WaitingRecords();
            _sealed.Clear();
            _open = null;
            _sentCount = 0;
            return _undelivered;
        }
    }

    public void ReadReport(Span<ulong> droppedByLevel, out ulong produced)
    {
        lock (_gate)
        {
            _dropped.CopyTo(droppedByLevel);
            produced = _lastSequence;
        }
    }

    public LogShipperStatistics Read(bool isConnected, string? problem)
    {
        lock (_gate)
        {
            return new LogShipperStatistics
            {
                Produced = _lastSequence,
                Acknowledged = _acknowledgedRecords,
                Sent = _sentRecords,
                DroppedByLevel = [.. _dropped],
                Undelivered = _undelivered + WaitingRecords(),
                IsConnected = isConnected,
                Problem = problem,
            };
        }
    }

    private bool TryFindRoom(int level, byte[] resource, int contentBytes, ref bool wake)
    {
        if (HasRoom(level, resource, contentBytes, ref wake)) return true;
        var kind = level >= LogProtocol.LevelWarn ? 1 : 0;
        if (_fullMode == FullMode.Drop || _waitExpired[kind] || _closed || IsNeverTaken(contentBytes)) return false;
        if (LogShipper.IsShippingThread) return false;

        var startedAt = _time.GetTimestamp();
        while (true)
        {
            if (wake) _signal.Set();
            wake = false;
            var left = _waitTimeout == Timeout.InfiniteTimeSpan
                ? Timeout.InfiniteTimeSpan
                : _waitTimeout - _time.GetElapsedTime(startedAt);
            var expired = left != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero;
            // The partners are Acknowledge and Close, which pulse under the same lock.
            if (!expired) Monitor.Wait(_gate, left);
            if (HasRoom(level, resource, contentBytes, ref wake)) return true;
            if (!expired && !_closed) continue;
            _waitExpired[kind] = !_closed;
            return false;
        }
    }

    private bool HasRoom(int level, byte[] resource, int contentBytes, ref bool wake)
    {
        if (_closed || contentBytes == 0 || contentBytes > RecordLimits.RecordBytesMax - ShippingLimits.RecordHeadBytes)
            return false;
        var limit = level >= LogProtocol.LevelWarn ? _bytesMax : _bytesMaxBelowWarn;
        if (_open is not null && _open.HasRoom(resource, contentBytes))
        {
            // A batch that a warning opened in the last quarter is not for others to fill.
            if (_charged > limit) return false;
        }
        else
        {
            var bytes = Math.Max(_batchBytes, contentBytes + ShippingLimits.RecordHeadBytes);
            if (_charged + bytes > limit) return false;
            wake |= _open is not null;
            Seal();
            Open(bytes);
        }

        // Room for the least of records is room for all.
        _waitExpired[1] = false;
        if (limit == _bytesMaxBelowWarn) _waitExpired[0] = false;
        return true;
    }

    /// <summary>Whether no wait would make room for it.</summary>
    private bool IsNeverTaken(int contentBytes) =>
        contentBytes == 0 || contentBytes > Math.Min(RecordLimits.RecordBytesMax,
            _bytesMaxBelowWarn) - ShippingLimits.RecordHeadBytes;

    private void Open(int bytes)
    {
        _open = bytes == _batchBytes && _free.TryPop(out var free) ? free : new PendingBatch(bytes);
        // The numbers dropped since the last batch belong to the gap of this batch's first record.
        _open.Open(_lastCommitted + 1, _time.GetTimestamp());
        _charged += bytes;
    }

    private void Seal()
    {
        if (_open is null) return;
        _sealed.Add(_open);
        _open = null;
    }

    private void Free(PendingBatch batch)
    {
        _acknowledgedRecords += (ulong)batch.RecordCount;
        _charged -= batch.CapacityBytes;
        if (batch.CapacityBytes == _batchBytes && _free.Count < ShippingLimits.FreeBatchesMax) _free.Push(batch);
    }

    private ulong WaitingRecords()
    {
        var count = (ulong)(_open?.RecordCount ?? 0);
        foreach (var batch in _sealed) count += (ulong)batch.RecordCount;
        return count;
    }
}
