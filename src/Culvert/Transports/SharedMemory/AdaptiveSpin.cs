using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// Decides whether one direction looks again for a while before it sleeps. It does as long as that helps: a try that
/// fails is followed by ever more sleeps without one, as where both processes share one processor. One thread at a
/// time.
/// </summary>
internal struct AdaptiveSpin
{
    private const int LooksPerClock = 16;

    private static readonly long SpinTicks = TicksOf(SharedMemoryLimits.SpinMax);
    private static readonly long WorthwhileTicks = TicksOf(SharedMemoryLimits.SpinWorthwhile);
    private static bool _isForbidden = Environment.ProcessorCount == 1;

    private long _sleptAt;
    private int _pause;
    private int _sleepsLeft;

    /// <summary>From now on nothing in this process looks again before it sleeps, as where there is one processor:
    /// for measurements of the sleep itself.</summary>
    public static void Forbid() => _isForbidden = true;

    /// <summary>Looks until the end is ready or it is not worth it any more; false then.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Wait<T>(T end)
        where T : class, IRingEnd
    {
        var now = Stopwatch.GetTimestamp();
        NoteSleep(now);
        if (!_isForbidden && _sleepsLeft == 0)
        {
            for (var until = now + SpinTicks; now < until; now = Stopwatch.GetTimestamp())
            {
                for (var i = 0; i < LooksPerClock; i++)
                {
                    if (end.IsReady)
                    {
                        _pause = 0;
                        return true;
                    }

                    if (X86Base.IsSupported) X86Base.Pause();
                    else Thread.SpinWait(1);
                }
            }

            _pause = Math.Min(Math.Max(_pause * 2, 1), SharedMemoryLimits.SpinPauseMax);
            _sleepsLeft = _pause;
        }

        _sleptAt = now;
        return false;
    }

    /// <summary>Counts the last sleep if it was short: only these come near to another try.</summary>
    private void NoteSleep(long now)
    {
        if (_sleptAt == 0) return;
        if (now - _sleptAt < WorthwhileTicks && _sleepsLeft > 0) _sleepsLeft--;
        _sleptAt = 0;
    }

    private static long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
