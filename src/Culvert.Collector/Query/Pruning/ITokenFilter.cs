namespace Culvert.Collector.Query.Pruning;

/// <summary>What a block knows of the tokens in it: a bloom filter, or a set in tests. Any thread.</summary>
internal interface ITokenFilter
{
    /// <summary>False only if <see cref="RecordTokens"/> added no such hash for any record of the block.</summary>
    bool MayContain(ulong hash);
}
