using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Ship;

/// <summary>What one way of shipping showed. Processor time and memory are the shipping process's alone.</summary>
/// <param name="Records">Records that were shipped in the time.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="CpuSeconds">Of the shipping process, user and system.</param>
/// <param name="PeakMemoryMegabytes">Of the shipping process, resident.</param>
/// <param name="Arrived">Records that are at the other side afterwards, of all that were to be shipped.</param>
internal sealed record ShipFigures(
    double Records, double Seconds, double CpuSeconds, double PeakMemoryMegabytes, long Arrived)
{
    public double PerSecond => Records / Seconds;

    public double PerCpuSecond => Records / CpuSeconds;

    /// <summary>Reads processor time and memory of a process that still runs.</summary>
    public static ShipFigures Of(
        ChildProcess process, double records, double seconds, double cpuBefore, long arrived) =>
        new(records, seconds, process.CpuSeconds() - cpuBefore, process.PeakMemoryMegabytes(), arrived);
}
