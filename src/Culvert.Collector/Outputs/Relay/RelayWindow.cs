using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>Batches on their way that the other side has not acknowledged; it acknowledges them in order. Any
/// thread.</summary>
internal sealed class RelayWindow
{
    private readonly Lock _gate = new();
    private readonly Queue<(ulong Number, int Bytes)> _batches = new();
    private long _bytes;
    private ulong _written;
    private ulong _confirmed;

    /// <summary>All below this position is safe on the other side.</summary>
    public ulong Confirmed
    {
        get
        {
            lock (_gate) return _confirmed;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _batches.Count == 0;
        }
    }

    /// <summary>Whether one more batch may go, however large.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return _batches.Count < RelayLimits.WindowBatches && _bytes < RelayLimits.WindowBytes;
        }
    }

    /// <summary>A batch goes; its number is the position behind it.</summary>
    public void Add(ulong number, int bytes)
    {
        lock (_gate)
        {
            _batches.Enqueue((number, bytes));
            _bytes += bytes;
            _written = number;
        }
    }

    /// <summary>What lies below the position is passed over, and confirmed with what goes before it.</summary>
    public void Pass(ulong position)
    {
        lock (_gate)
        {
            _written = position;
            if (_batches.Count == 0) _confirmed = position;
        }
    }

    /// <summary>All up to this number is safe. False when it was never sent.</summary>
    public bool Acknowledge(ulong number)
    {
        lock (_gate)
        {
            if (number > _written) return false;
            while (_batches.TryPeek(out var batch) && batch.Number <= number)
            {
                _batches.Dequeue();
                _bytes -= batch.Bytes;
                _confirmed = batch.Number;
            }

            if (_batches.Count == 0) _confirmed = _written;
            return true;
        }
    }
}
