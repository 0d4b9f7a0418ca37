namespace Culvert.Collector.Outputs;

/// <summary>Which records are under way, and below which position all are delivered, though they are delivered in any
/// order. Any thread.</summary>
/// <param name="capacity">Most positions between the oldest record under way and the newest; a power of two.</param>
internal sealed class DeliveryWindow(int capacity)
{
    private readonly Lock _gate = new();
    private readonly bool[] _isUnderWay = new bool[capacity];
    private ulong _oldest, _next;
    private int _count;

    /// <summary>All below is delivered.</summary>
    public ulong Confirmed
    {
        get
        {
            lock (_gate) return _oldest;
        }
    }

    /// <summary>The position after the newest that was added.</summary>
    public ulong Next
    {
        get
        {
            lock (_gate) return _next;
        }
    }

    /// <summary>How many are under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>A record is under way from now on. Positions ascend; those passed over have nothing to deliver. False
    /// when there is no room.</summary>
    public bool TryAdd(ulong position)
    {
        lock (_gate)
        {
            if (position < _next) throw new InvalidOperationException("Positions must ascend.");
            if (_count == 0) _oldest = position;
            if (position - _oldest >= (ulong)capacity) return false;
            _isUnderWay[Slot(position)] = true;
            _next = position + 1;
            _count++;
            return true;
        }
    }

    /// <summary>The record that was added last is not under way after all, and may be added again.</summary>
    public void Withdraw(ulong position)
    {
        lock (_gate)
        {
            if (position + 1 != _next) throw new InvalidOperationException("Only the last one can be withdrawn.");
            _isUnderWay[Slot(position)] = false;
            _next = position;
            _count--;
            // What was delivered meanwhile stopped at this one, and stays there.
        }
    }

    /// <summary>A record that was added is delivered, or will never be and is passed over. Returns how many are under
    /// way still.</summary>
    public int Deliver(ulong position) => Deliver([position]);

    /// <summary>The same for several.</summary>
    public int Deliver(ReadOnlySpan<ulong> positions)
    {
        lock (_gate)
        {
            foreach (var position in positions)
            {
                if (position < _oldest || position >= _next || !_isUnderWay[Slot(position)]) continue;
                _isUnderWay[Slot(position)] = false;
                _count--;
            }

            while (_oldest < _next && !_isUnderWay[Slot(_oldest)]) _oldest++;
            return _count;
        }
    }

    private int Slot(ulong position) => (int)(position & (ulong)(capacity - 1));
}
