namespace Culvert.Collector.Query.Pruning;

/// <summary>Takes the hashes of a record's tokens, the same one often more than once.</summary>
internal interface ITokenSink
{
    void Add(ulong hash);
}
