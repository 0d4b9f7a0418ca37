using Culvert.Collector.Outputs.DeadLetters;

namespace Culvert.Collector.Outputs;

/// <summary>How one output fares, for the ledger's readers. Any thread.</summary>
internal sealed class OutputStatus
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private OutputState _state;
    private string _sentence = "";
    private DateTimeOffset _since;
    private readonly SortedDictionary<string, long> _rejectedByReason = new(StringComparer.Ordinal);
    private long _retries, _rejected;

    public OutputStatus(string name, string type, TimeProvider time)
    {
        (Name, Type, _time) = (name, type, time);
        _since = time.GetUtcNow();
    }

    /// <summary>Its name in the configuration, under which the spool keeps its cursor.</summary>
    public string Name { get; }

    /// <summary>What kind of output it is.</summary>
    public string Type { get; }

    public void Running() => Enter(OutputState.Running, "");

    /// <summary>Something is wrong: the sentence says what, with what, and what to do.</summary>
    public bool Trouble(string sentence) => Enter(OutputState.Retrying, sentence);

    public void Stopped() => Enter(OutputState.Stopped, "");

    /// <summary>It begins anew after a failure.</summary>
    public void CountRetry() => Interlocked.Increment(ref _retries);

    /// <summary>Records that the other side will never take, so that the cursor passed them.</summary>
    /// <param name="records">How many.</param>
    /// <param name="reason">See <see cref="DeadLetter.Reason"/>.</param>
    public void CountRejected(long records, string reason)
    {
        if (reason.Length > DeadLetterLimits.ReasonLengthMax) reason = reason[..DeadLetterLimits.ReasonLengthMax];
        lock (_gate)
        {
            if (!_rejectedByReason.ContainsKey(reason) && _rejectedByReason.Count >= DeadLetterLimits.ReasonsMax)
                reason = DeadLetterLimits.OtherReason;
            _rejectedByReason[reason] = _rejectedByReason.GetValueOrDefault(reason) + records;
            _rejected += records;
        }
    }

    public OutputStatusSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new OutputStatusSnapshot(
                Type, _state, _sentence, _since, Interlocked.Read(ref _retries), _rejected,
                [.. _rejectedByReason]);
        }
    }

    /// <summary>Whether anything changed.</summary>
    private bool Enter(OutputState state, string sentence)
    {
        lock (_gate)
        {
            if (_state == OutputState.Stopped || (_state == state && _sentence == sentence)) return false;
            if (_state != state) _since = _time.GetUtcNow();
            (_state, _sentence) = (state, sentence);
            return true;
        }
    }
}

/// <param name="Type">What kind of output it is.</param>
/// <param name="State">How it fares.</param>
/// <param name="Sentence">What is wrong and what to do; empty when nothing is.</param>
/// <param name="Since">Since when it is in this state.</param>
/// <param name="Retries">How often it began anew after a failure, since the start.</param>
/// <param name="Rejected">Records that the other side refused for good, since the start; among the stored ones.</param>
/// <param name="RejectedByReason">The same by reason, in the order of their names.</param>
internal sealed record OutputStatusSnapshot(
    string Type, OutputState State, string Sentence, DateTimeOffset Since, long Retries, long Rejected,
    IReadOnlyList<KeyValuePair<string, long>> RejectedByReason);
