using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Tests.Query;

/// <summary>A filter that is never wrong: the set of the hashes itself.</summary>
internal sealed class ExactFilter : ITokenFilter
{
    private readonly HashSet<ulong> _hashes = [];

    public static BlockSummary Summarize(IReadOnlyList<TestRecord> records)
    {
        var filter = new ExactFilter();
        var sink = new Sink(filter._hashes);
        var severities = 0u;
        foreach (var record in records)
        {
            RecordTokens.Collect(record.Stored, ref sink);
            severities |= BlockSummary.SeverityBit(record.Severity);
        }

        return new BlockSummary
        {
            Tokens = filter,
            Severities = severities,
            Sources = records.Select(record => record.Source).Distinct().ToArray(),
        };
    }

    public bool MayContain(ulong hash) => _hashes.Contains(hash);

    private readonly struct Sink(HashSet<ulong> hashes) : ITokenSink
    {
        public void Add(ulong hash) => hashes.Add(hash);
    }
}
