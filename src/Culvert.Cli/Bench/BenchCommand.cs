using System.CommandLine;
using Culvert.Cli.Bench.Collect;
using Culvert.Cli.Bench.Memory;
using Culvert.Cli.Bench.Ship;
using Culvert.Cli.Bench.Transports;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench</c>: the benchmarks behind every promise of speed.</summary>
internal static class BenchCommand
{
    public static Command Create() => new Command("bench",
        "Measure what Culvert promises, beside baselines, in one run.")
    {
        CollectBench.Create(),
        CollectProducer.Create(),
        LogBench.Create(),
        SpoolBench.Create(),
        SearchBench.Create(),
        BlockBench.Create(),
        ShipBench.Create(),
        TransportsBench.Create(),
        TransportsPeer.Create(),
        MemoryPeer.Create(),
        MemoryClient.Create(),
        BareCopyData.Create(),
        DotNetPipe.CreatePeer(),
        DotNetTls.CreatePeer(),
    }.WithExamples("culvert bench transports --size 64", "culvert bench collect --seconds 20");
}
