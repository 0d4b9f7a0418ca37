using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>The producer epochs, bounded: those not heard of for longest go. Under the ledger's gate.</summary>
internal sealed class ProducerTable
{
    private readonly Dictionary<ProducerId, ProducerState> _states = [];
    private long _uses;
    private ulong _forgotten;
    private ulong _forgottenProduced;
    private ulong _forgottenReceived;
    private ulong _forgottenLost;

    public ForgottenSnapshot Forgotten => new(_forgotten, _forgottenProduced, _forgottenReceived, _forgottenLost);

    public IEnumerable<ProducerSnapshot> Snapshot() =>
        _states.Values.OrderByDescending(state => state.LastUse).Select(state => state.Snapshot());

    public ProducerState? Find(ProducerId id) => _states.GetValueOrDefault(id);

    /// <summary>The state of a producer epoch, made when it is new.</summary>
    /// <param name="id">Who.</param>
    /// <param name="before">The sequence before the first that is now heard of. If epochs were forgotten this may be
    /// one of them, and what it sent before is not taken for lost.</param>
    public ProducerState Get(ProducerId id, ulong before)
    {
        if (!_states.TryGetValue(id, out var state))
        {
            if (_states.Count >= LedgerLimits.ProducersMax) Evict();
            state = new ProducerState(id);
            if (_forgotten > 0) state.BeginAt(before);
            _states.Add(id, state);
        }

        state.LastUse = ++_uses;
        return state;
    }

    /// <summary>Writes as many as there is room for, the one heard last first.</summary>
    public void Save(RecordBuffer buffer, int bytesMax)
    {
        var end = buffer.Length + bytesMax;
        buffer.WriteVarint(_forgotten);
        buffer.WriteVarint(_forgottenProduced);
        buffer.WriteVarint(_forgottenReceived);
        buffer.WriteVarint(_forgottenLost);
        foreach (var state in _states.Values.OrderByDescending(state => state.LastUse))
        {
            var start = buffer.Length;
            state.Save(buffer);
            if (buffer.Length <= end) continue;
            buffer.Truncate(start);
            break;
        }
    }

    public bool TryLoad(ReadOnlySpan<byte> source, scoped ref int at)
    {
        if (!Varint.TryRead(source, ref at, out _forgotten) || !Varint.TryRead(source, ref at, out _forgottenProduced)
            || !Varint.TryRead(source, ref at, out _forgottenReceived)
            || !Varint.TryRead(source, ref at, out _forgottenLost)) return false;
        while (at < source.Length)
        {
            if (ProducerState.Load(source, ref at) is not { } state) return false;
            state.LastUse = -_states.Count;
            _states[state.Id] = state;
        }

        return true;
    }

    private void Evict()
    {
        var oldest = _states.Values.Where(state => !state.IsInFlight).OrderBy(state => state.LastUse)
            .Take(LedgerLimits.ProducersEvicted).ToList();
        foreach (var state in oldest)
        {
            _states.Remove(state.Id);
            _forgotten++;
            _forgottenProduced += state.ProducedRecords;
            _forgottenReceived += state.Received;
            _forgottenLost += state.Gaps.Count;
        }
    }
}
