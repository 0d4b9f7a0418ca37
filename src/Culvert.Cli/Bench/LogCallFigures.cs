namespace Culvert.Cli.Bench;

/// <summary>What one log call costs the thread that makes it.</summary>
/// <param name="MeanNs">Of many calls in a row, the median of several rounds.</param>
/// <param name="BestNs">The same of the best round: what the call costs while nothing else of the machine, or of the
/// host under it, uses the processor's parts.</param>
/// <param name="P999Ns">The slowest of a thousand, the clock's own 20 ns included.</param>
/// <param name="AllocatedBytes">On the calling thread, a call.</param>
internal sealed record LogCallFigures(double MeanNs, double BestNs, double P999Ns, double AllocatedBytes)
{
    public (string, double)[] Columns =>
        [("mean_ns", MeanNs), ("best_ns", BestNs), ("p999_ns", P999Ns), ("allocated_bytes", AllocatedBytes)];
}
