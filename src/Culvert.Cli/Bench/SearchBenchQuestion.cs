using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Cli.Bench;

/// <summary>A question with its answer, and the same asked of plain text.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="Expected">What the generator knows.</param>
/// <param name="Ask">Asks the store; gives what is compared with <paramref name="Expected"/>.</param>
/// <param name="Needles">What a plain scan looks for; the lines that hold one are counted.</param>
internal sealed record SearchBenchQuestion(
    string Name, long Expected, Func<LogStore, CancellationToken, long> Ask, string[] Needles)
{
    private const int LimitedResults = 100;
    private const int Buckets = 60;

    public static IEnumerable<SearchBenchQuestion> All(SearchBenchStore corpus)
    {
        yield return new("rare-token", corpus.Rare,
            (store, stop) => Search(store, SearchBenchStore.RareToken, null, stop), [SearchBenchStore.RareToken]);
        yield return new("common-token", LimitedResults,
            (store, stop) => Search(store, "request", LimitedResults, stop), ["request"]);
        yield return new("level-range", LimitedResults,
            (store, stop) => Search(store, "level>=error", LimitedResults, stop), ["ERROR", "\"error\""]);
        yield return new("level-range count", corpus.AtLeast(Severity.Error), Count, ["ERROR", "\"error\""]);
        yield return new("histogram", corpus.Records, Histogram, ["\n"]);
    }

    /// <summary>What grep does: reads the file in large pieces and counts the needles.</summary>
    public long Scan(string file)
    {
        var bytes = Array.ConvertAll(Needles, Encoding.UTF8.GetBytes);
        using var handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        var (offset, found) = (0L, 0L);
        for (int read; (read = RandomAccess.Read(handle, buffer, offset)) > 0; offset += read)
        {
            foreach (var needle in bytes) found += buffer.AsSpan(0, read).Count(needle);
        }

        return found;
    }

    private static long Search(LogStore store, string query, int? limit, CancellationToken stop)
    {
        var found = 0L;
        store.Search(
            new SearchRequest { Query = LogQuery.Parse(query), Limit = limit },
            (in Collector.Records.StoredRecord _) => ++found > 0,
            stop);
        return found;
    }

    private static long Count(LogStore store, CancellationToken stop) =>
        store.Count(new SearchRequest { Query = LogQuery.Parse("level>=error") }, stop);

    private static long Histogram(LogStore store, CancellationToken stop)
    {
        var (min, max) = store.TimeExtent(stop)!.Value;
        return store.Histogram(
            new HistogramRequest { FromNs = min, BucketNs = (max - min) / Buckets + 1, Buckets = Buckets }, stop).Total;
    }
}
