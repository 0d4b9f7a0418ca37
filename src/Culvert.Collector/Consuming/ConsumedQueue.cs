using System.Runtime.InteropServices;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Consuming;

/// <summary>
/// What was read of Kafka and is not safe yet, in the order in which it came: it stands where a collector has its
/// spool. Bounded; a sink that fails begins anew at the first record that is not confirmed. Any thread.
/// </summary>
internal sealed class ConsumedQueue
{
    // Guards everything; pulsed when something was settled, for the thread that waits for room or for partitions.
    private readonly object _gate = new();
    private readonly List<ConsumedItem> _items = [];
    private readonly Dictionary<KafkaPartition, long> _safe = [];
    private readonly Dictionary<KafkaPartition, int> _assignments = [];
    private readonly Dictionary<KafkaPartition, int> _waiting = [];
    private readonly TaskCompletionSource _closed = NewSignal();
    private TaskCompletionSource? _added;
    private TaskCompletionSource? _gathered;
    private ulong _gatheredAt;
    private int _head;
    private int _generation;
    private int _unsettled;
    private long _bytes;
    private ulong _next;
    private ulong _confirmed;
    private bool _isClosed;

    /// <param name="start">The position of the first record.</param>
    /// <param name="settlesItself">Whether a message is done when the sink confirmed it; without it,
    /// <see cref="Settle"/> says so.</param>
    public ConsumedQueue(ulong start, bool settlesItself)
    {
        (_next, _confirmed, SettlesItself) = (start, start, settlesItself);
    }

    public bool SettlesItself { get; }

    /// <summary>Whether nothing more should be read for now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _bytes >= ConsumeLimits.BytesMax || Count >= ConsumeLimits.MessagesMax
                    || _unsettled >= ConsumeLimits.LettersUnderWayMax;
            }
        }
    }

    /// <summary>Whether so little is left that reading goes on.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return HasRoomNow;
        }
    }

    /// <summary>Records that were read, and of them those that are delivered, since the start.</summary>
    public (ulong Next, ulong Confirmed) Positions
    {
        get
        {
            lock (_gate) return (_next, _confirmed);
        }
    }

    private bool HasGathered => _next >= _gatheredAt || _bytes >= ConsumeLimits.BytesMax / 2;

    private int Count => _items.Count - _head;

    private bool HasRoomNow => _bytes <= ConsumeLimits.BytesMax / ConsumeLimits.ResumeDivisor
        && Count <= ConsumeLimits.MessagesMax / ConsumeLimits.ResumeDivisor
        && _unsettled <= ConsumeLimits.LettersUnderWayMax / ConsumeLimits.ResumeDivisor;

    /// <summary>These partitions are ours from now on; returns the number of this assignment.</summary>
    public int Assign(IEnumerable<KafkaPartition> partitions)
    {
        lock (_gate)
        {
            _generation++;
            foreach (var partition in partitions) _assignments[partition] = _generation;
            return _generation;
        }
    }

    /// <summary>These are ours no more: what was read of them is delivered all the same, and their offsets are not
    /// committed.</summary>
    public void Unassign(IEnumerable<KafkaPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _assignments.Remove(partition);
                _safe.Remove(partition);
            }
        }
    }

    public void Add(ConsumedItem item)
    {
        TaskCompletionSource? added;
        lock (_gate)
        {
            item.Position = _next;
            _next = item.NextPosition;
            _items.Add(item);
            CollectionsMarshal.GetValueRefOrAddDefault(_waiting, item.Message.Partition, out _)++;
            _bytes += item.Bytes;
            if (!item.IsSettled) _unsettled++;
            if (SettlesItself) SettleConfirmed();
            if (HasGathered) _gathered?.TrySetResult();
            (added, _added) = (_added, null);
        }

        added?.TrySetResult();
    }

    /// <summary>Completes when enough came behind this position to be worth a commit of its own. One waiter at a
    /// time.</summary>
    public Task GatherAsync(ulong position)
    {
        lock (_gate)
        {
            _gatheredAt = position + ConsumeLimits.GatherRecords;
            if (HasGathered) return Task.CompletedTask;
            return (_gathered = NewSignal()).Task;
        }
    }

    /// <summary>The dead letter of this message is safe.</summary>
    public void SettleLetter(ConsumedItem item)
    {
        TaskCompletionSource? added;
        lock (_gate)
        {
            item.IsSettled = true;
            _unsettled--;
            if (SettlesItself) SettleConfirmed();
            // What came behind it may be read now.
            (added, _added) = (_added, null);
        }

        added?.TrySetResult();
    }

    /// <summary>The message that a record came with; null when it is safe already.</summary>
    public ConsumedItem? Find(ulong position)
    {
        lock (_gate)
        {
            var index = IndexOf(position);
            return index < _items.Count && _items[index].Position <= position ? _items[index] : null;
        }
    }

    /// <summary>The messages that are done once all records below the position are stored.</summary>
    public List<ConsumedItem> Done(ulong position)
    {
        lock (_gate)
        {
            var done = new List<ConsumedItem>();
            for (var i = _head; i < _items.Count && IsDone(_items[i], position); i++) done.Add(_items[i]);
            return done;
        }
    }

    /// <summary>These first messages are safe.</summary>
    public void Settle(int count)
    {
        lock (_gate) Remove(count);
    }

    /// <summary>The offsets at which the group may go on, of those that changed since the last call.</summary>
    public List<KafkaOffset> TakeSafe()
    {
        lock (_gate)
        {
            List<KafkaOffset> safe = [.. _safe.Select(pair => new KafkaOffset(pair.Key, pair.Value))];
            _safe.Clear();
            return safe;
        }
    }

    /// <summary>A commit failed: these are to be committed still.</summary>
    public void PutBack(IEnumerable<KafkaOffset> offsets)
    {
        lock (_gate)
        {
            foreach (var (partition, offset) in offsets)
            {
                if (_assignments.ContainsKey(partition)) _safe.TryAdd(partition, offset);
            }
        }
    }

    /// <summary>Messages of a partition that were read and are not safe.</summary>
    public Dictionary<KafkaPartition, int> Waiting()
    {
        lock (_gate) return new Dictionary<KafkaPartition, int>(_waiting);
    }

    /// <summary>Waits until there is room; false when there was none in time.</summary>
    public bool WaitForRoom(TimeSpan timeout, TimeProvider time) => WaitFor(() => HasRoomNow, timeout, time);

    /// <summary>Waits until all that was read of these partitions is safe; false when it was not in time.</summary>
    public bool WaitFor(IReadOnlyCollection<KafkaPartition> partitions, TimeSpan timeout, TimeProvider time) =>
        WaitFor(() => !partitions.Any(_waiting.ContainsKey), timeout, time);

    /// <summary>Nothing more comes.</summary>
    public void Close()
    {
        TaskCompletionSource? added;
        lock (_gate)
        {
            _isClosed = true;
            added = _added;
            _gathered?.TrySetResult();
        }

        _closed.TrySetResult();
        added?.TrySetResult();
    }

    /// <summary>Reads from the first record that is not confirmed on.</summary>
    public IEntryReader Open() => new Reader(this);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsDone(ConsumedItem item, ulong position) => item.IsSettled && item.NextPosition <= position;

    /// <summary>Takes the next messages that may be read: what comes behind one that has to become a dead letter waits
    /// until it is one, since with what a store commits its offset passes them. With none there the task completes when
    /// there may be one.</summary>
    private Task? Take(ulong position, List<ConsumedItem> items)
    {
        items.Clear();
        lock (_gate)
        {
            var index = IndexOf(position);
            var isReachable = _unsettled == 0 || _items[_head..index].TrueForAll(item => item.IsSettled);
            for (; isReachable && index < _items.Count && items.Count < ConsumeLimits.ReadAtOnce; index++)
            {
                isReachable = _items[index].IsSettled;
                if (isReachable && _items[index].Entries.Count > 0) items.Add(_items[index]);
            }

            if (items.Count > 0) return null;
            return _isClosed && position >= _next ? _closed.Task : (_added ??= NewSignal()).Task;
        }
    }

    /// <summary>Of the first message that is not before the position.</summary>
    private int IndexOf(ulong position)
    {
        var (low, high) = (_head, _items.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle].NextPosition <= position) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool WaitFor(Func<bool> question, TimeSpan timeout, TimeProvider time)
    {
        var started = time.GetTimestamp();
        lock (_gate)
        {
            while (!question())
            {
                var left = timeout - time.GetElapsedTime(started);
                if (_isClosed || left <= TimeSpan.Zero || !Monitor.Wait(_gate, left)) return question();
            }

            return true;
        }
    }

    private void Confirm(ulong position)
    {
        lock (_gate)
        {
            _confirmed = Math.Max(_confirmed, position);
            if (SettlesItself) SettleConfirmed();
        }
    }

    private void SettleConfirmed()
    {
        var count = 0;
        while (_head + count < _items.Count && IsDone(_items[_head + count], _confirmed)) count++;
        Remove(count);
    }

    private void Remove(int count)
    {
        if (count == 0) return;
        for (var i = 0; i < count; i++)
        {
            var item = _items[_head + i];
            _bytes -= item.Bytes;
            var partition = item.Message.Partition;
            if (--CollectionsMarshal.GetValueRefOrNullRef(_waiting, partition) == 0) _waiting.Remove(partition);
            if (_assignments.TryGetValue(partition, out var current) && current == item.Assignment)
                _safe[partition] = item.Message.Offset + 1;
            _items[_head + i] = null!;
        }

        _head += count;
        if (_head > 1024 && _head > _items.Count / 2)
        {
            _items.RemoveRange(0, _head);
            _head = 0;
        }

        Monitor.PulseAll(_gate);
    }

    private sealed class Reader(ConsumedQueue queue) : IEntryReader
    {
        private readonly List<ConsumedItem> _items = [];
        private int _at;
        private Task? _more;

        public ulong Position { get; private set; } = queue._confirmed;

        public bool IsAtEnd
        {
            get
            {
                lock (queue._gate) return Position >= queue._next;
            }
        }

        public bool TryRead(out SpoolEntry entry)
        {
            entry = default;
            while (_at == _items.Count)
            {
                _at = 0;
                _more = queue.Take(Position, _items);
                if (_more is not null) return false;
            }

            var item = _items[_at];
            var position = item.Position;
            foreach (var part in item.Entries)
            {
                if (position + (ulong)part.RecordCount > Position)
                {
                    entry = part.At(position);
                    Position = entry.NextPosition;
                    if (Position == item.NextPosition) _at++;
                    return true;
                }

                position += (ulong)part.RecordCount;
            }

            throw new InvalidOperationException("A message holds fewer records than it was counted for.");
        }

        public void Commit(ulong position) => queue.Confirm(position);

        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            // What came since the last look has completed this signal already.
            var more = _more ?? throw new InvalidOperationException("Read first.");
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (queue._gate) return !queue._isClosed || !IsAtEndNow;
        }

        public void Dispose()
        {
        }

        private bool IsAtEndNow => Position >= queue._next;
    }
}
