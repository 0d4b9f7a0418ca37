using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>Puts the hash of every token of a record into a set.</summary>
internal static class RecordTokenizer
{
    public static void Collect(in StoredRecord record, TokenSet tokens)
    {
        var sink = new Sink(tokens);
        RecordTokens.Collect(record, ref sink);
    }

    private readonly struct Sink(TokenSet tokens) : ITokenSink
    {
        public void Add(ulong hash) => tokens.Add(hash);
    }
}
