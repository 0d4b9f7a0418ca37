using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>A block of the store with what is known of it without reading it. Immutable.</summary>
internal sealed class StoredBlock(StoreFileView file, long id, BlockSummary summary, Source[] sources)
{
    public StoreFileView File { get; } = file;

    /// <summary>The row's id in its file.</summary>
    public long Id { get; } = id;

    public BlockSummary Summary { get; } = summary;

    /// <summary>The block's sources, in the summary's order.</summary>
    public Source[] Sources { get; } = sources;
}
