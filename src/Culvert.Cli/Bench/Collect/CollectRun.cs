namespace Culvert.Cli.Bench.Collect;

/// <summary>What one run of the collector showed.</summary>
/// <param name="Produced">Records that the producers logged.</param>
/// <param name="Found">Records that a query over everything found afterwards.</param>
/// <param name="Balanced">Whether the ledger added up.</param>
/// <param name="Elapsed">From the first log call until the last record was fsynced and in a block.</param>
/// <param name="CpuSeconds">Of the collector alone.</param>
/// <param name="PeakMemoryMegabytes">Of the collector alone, resident.</param>
internal sealed record CollectRun(
    long Produced, long Found, bool Balanced, TimeSpan Elapsed, double CpuSeconds, double PeakMemoryMegabytes);
