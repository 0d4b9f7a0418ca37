using System.Text.Json;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Query;
using Culvert.Collector.Store;
using Culvert.Collector.Web.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Cli.Reading;

/// <summary>Reads a data folder that no collector holds, and holds it meanwhile.</summary>
internal sealed class FolderReader(CollectorData data) : ICollectorReader
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

    public Task<IReadOnlyList<string>> SearchAsync(
        SearchTerms terms, int limit, RecordVisitor visit, CancellationToken cancellationToken)
    {
        var request = Request(terms) with { Limit = limit };
        data.Store.Search(request, visit, cancellationToken);
        return Task.FromResult<IReadOnlyList<string>>([.. request.Query.Notes.Select(note => note.Message)]);
    }

    public Task<long> CountAsync(SearchTerms terms, CancellationToken cancellationToken) =>
        Task.FromResult(data.Store.Count(Request(terms), cancellationToken));

    public Task TailAsync(
        string query, RecordVisitor visit, Action<long> skipped, CancellationToken cancellationToken) =>
        throw new ReaderException(
            $"No collector works on {data.Folder}, so nothing new comes; start one with culvert up.");

    public Task<byte[]> StatsAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            LedgerJson.Write(writer, data.Ledger.Snapshot(), TimeProvider.System.GetUtcNow());
        return Task.FromResult(buffer.ToArray());
    }

    public ValueTask DisposeAsync() => data.DisposeAsync();

    private static SearchRequest Request(SearchTerms terms) => new()
    {
        Query = LogQuery.Parse(terms.Query),
        FromNs = Time(terms.From) ?? long.MinValue,
        ToNs = Time(terms.To) ?? long.MaxValue,
    };

    private static long? Time(string? text)
    {
        if (text is null) return null;
        return TimeExpression.TryParse(text, TimeProvider.System, out var timeNs, out var problem)
            ? timeNs
            : throw new ReaderException(problem, ExitCode.Usage);
    }
}
