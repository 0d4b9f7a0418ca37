namespace Culvert.Cli.Bench.Ship;

/// <summary>What one way of shipping showed. Processor time and memory are the shipping process's alone.</summary>
/// <param name="Whole">From its start to its end.</param>
/// <param name="Steady">From when a fifth had arrived: without what a start and compilation take; null where it was
/// not seen.</param>
/// <param name="PeakMemoryMegabytes">Of the shipping process, resident.</param>
/// <param name="Arrived">Records that are at the other side afterwards, of all that were to be shipped.</param>
internal sealed record ShipFigures(ShipRate Whole, ShipRate? Steady, double PeakMemoryMegabytes, long Arrived);

/// <summary>How fast and how cheaply.</summary>
/// <param name="Records">Records that were shipped in the time.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="CpuSeconds">Of the shipping process, user and system.</param>
internal readonly record struct ShipRate(double Records, double Seconds, double CpuSeconds)
{
    public double PerSecond => Records / Seconds;

    public double PerCpuSecond => Records / CpuSeconds;
}
