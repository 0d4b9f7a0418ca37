namespace Culvert.Collector.Store;

/// <summary>A block's bytes are not what was written. Searches skip the block, count it and say so.</summary>
internal sealed class BlockDamagedException(string message) : Exception(message);
