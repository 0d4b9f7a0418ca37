namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>Which records have their letter already, the last so many: a sink that begins anew at the cursor meets the
/// same refusals again. Callers take turns.</summary>
internal sealed class KeptPositions
{
    private readonly HashSet<ulong> _known = [];
    private readonly Queue<ulong> _order = new();

    public bool Contains(ulong position) => _known.Contains(position);

    public void Add(ulong position)
    {
        if (!_known.Add(position)) return;
        _order.Enqueue(position);
        if (_order.Count > DeadLetterLimits.PositionsKnownMax) _known.Remove(_order.Dequeue());
    }
}
