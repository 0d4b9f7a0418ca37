using System.Diagnostics;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Ship;

/// <summary>Measures a process that ships, and tells its steady state from its start: the same for all that are
/// compared.</summary>
/// <param name="process">It runs until the figures are taken.</param>
/// <param name="records">How many are to arrive.</param>
/// <param name="cpuBefore">Processor seconds that are not counted.</param>
internal sealed class ShipMeter(ChildProcess process, long records, double cpuBefore)
{
    private const int StartPart = 5;

    private readonly long _started = Stopwatch.GetTimestamp();
    private (long Arrived, long Time, double CpuSeconds)? _steadyFrom;

    /// <summary>So many are there now.</summary>
    public void Saw(long arrived)
    {
        if (_steadyFrom is null && arrived >= records / StartPart)
            _steadyFrom = (arrived, Stopwatch.GetTimestamp(), process.CpuSeconds());
    }

    /// <summary>What it showed up to now.</summary>
    /// <param name="shipped">Since the start.</param>
    /// <param name="seen">As it was last told to <see cref="Saw"/>.</param>
    /// <param name="arrived">See <see cref="ShipFigures"/>.</param>
    public ShipFigures Figures(long shipped, long seen, long arrived)
    {
        var cpu = process.CpuSeconds();
        var whole = new ShipRate(shipped, Stopwatch.GetElapsedTime(_started).TotalSeconds, cpu - cpuBefore);
        ShipRate? steady = _steadyFrom is var (from, time, cpuThen) && seen > from
            ? new ShipRate(seen - from, Stopwatch.GetElapsedTime(time).TotalSeconds, cpu - cpuThen)
            : null;
        return new ShipFigures(whole, steady, process.PeakMemoryMegabytes(), arrived);
    }
}
