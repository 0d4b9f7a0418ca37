using System.Text.Json;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Collector.Web.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Cli.Reading;

/// <summary>Reads a data folder that no collector holds, and holds it meanwhile.</summary>
internal sealed class FolderReader(CollectorData data) : EngineReader(new StoreEngine(data.Store))
{
    /// <summary>Reading must delete nothing, whatever retention the collector of this folder was configured
    /// with.</summary>
    private static readonly RawValue[] KeepEverything =
    [
        ConfigurationSources.Option("spool.maxSize", "1024TiB", "reading"),
        ConfigurationSources.Option("spool.maxAge", "36500d", "reading"),
    ];

    /// <summary>Opens the folder; throws <see cref="DataFolderHeldException"/> when a collector runs on it.</summary>
    public static FolderReader Open(string folder) => new(OpenData(folder, TimeProvider.System));

    /// <summary>What it reads from; the tests look at it with a clock of their own.</summary>
    internal static CollectorData OpenData(string folder, TimeProvider time)
    {
        var configuration = new ConfigurationReader(CollectorSettings.Catalog).Read(KeepEverything);
        return CollectorData.Open(
            configuration, folder, NullLoggerFactory.Instance, time, forgetsOutputs: false);
    }

    public override Task TailAsync(
        string query, RecordVisitor visit, Action<long> skipped, CancellationToken cancellationToken) =>
        throw new ReaderException(
            $"No collector works on {data.Folder}, so nothing new comes; start one with culvert up.");

    public override Task CheckReadyAsync(CancellationToken cancellationToken) =>
        throw new ReaderException($"No collector works on {data.Folder}; start one with culvert up.");

    public override Task<byte[]> StatsAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            LedgerJson.Write(writer, data.Ledger.Snapshot(), TimeProvider.System.GetUtcNow());
        return Task.FromResult(buffer.ToArray());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await data.DisposeAsync();
    }
}
