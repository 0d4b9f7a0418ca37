using System.Diagnostics;

namespace Culvert.Collector.Web;

/// <summary>Counts requests for /metrics. Any thread.</summary>
internal sealed class HttpCounters
{
    /// <summary>Upper bounds of the histogram of durations, in seconds, sorted.</summary>
    public static readonly double[] DurationBounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

    private readonly long[] _durations = new long[DurationBounds.Length + 1];
    private readonly long[] _byClass = new long[6];
    private readonly long[] _refusals = new long[Enum.GetValues<RefusalReason>().Length];
    private long _durationTicks;
    private long _active;
    private long _tails;

    public long Active => Volatile.Read(ref _active);

    public long Tails => Volatile.Read(ref _tails);

    public TimeSpan DurationSum => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _durationTicks));

    public void Begin() => Interlocked.Increment(ref _active);

    public void End(int status, long startedAt)
    {
        Interlocked.Decrement(ref _active);
        Interlocked.Increment(ref _byClass[Math.Clamp(status / 100, 0, 5)]);
        var ticks = Stopwatch.GetTimestamp() - startedAt;
        Interlocked.Add(ref _durationTicks, ticks);
        var seconds = ticks / (double)Stopwatch.Frequency;
        var bucket = 0;
        while (bucket < DurationBounds.Length && seconds > DurationBounds[bucket]) bucket++;
        Interlocked.Increment(ref _durations[bucket]);
    }

    public void Refused(RefusalReason reason) => Interlocked.Increment(ref _refusals[(int)reason]);

    /// <summary>Takes the place of one live tail; false when all are taken.</summary>
    public bool TryBeginTail()
    {
        if (Interlocked.Increment(ref _tails) <= HttpLimits.TailCountMax) return true;
        Interlocked.Decrement(ref _tails);
        return false;
    }

    public void EndTail() => Interlocked.Decrement(ref _tails);

    public long Requests(int statusClass) => Volatile.Read(ref _byClass[statusClass]);

    public long Refusals(RefusalReason reason) => Volatile.Read(ref _refusals[(int)reason]);

    /// <summary>Requests that took no longer than bound <paramref name="index"/> and longer than the one before; the
    /// last index is what took longer than every bound.</summary>
    public long Durations(int index) => Volatile.Read(ref _durations[index]);
}

/// <summary>Why a request was refused at the door.</summary>
internal enum RefusalReason
{
    /// <summary>The Host header names no address of the collector.</summary>
    Host,

    /// <summary>A page of another site asked.</summary>
    Origin,

    /// <summary>Neither the same user nor the token.</summary>
    Identity,
}
