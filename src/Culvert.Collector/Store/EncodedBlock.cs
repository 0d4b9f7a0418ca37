using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>A block as it goes into its file. Reused: its memory is kept.</summary>
internal sealed class EncodedBlock
{
    public BlockSummary Summary { get; set; } = null!;

    /// <summary>As in <see cref="BlockLayout"/>.</summary>
    public RecordBuffer Columns { get; } = new(256 * 1024);

    /// <summary>As in <see cref="TokenFilter"/>.</summary>
    public byte[] Filter { get; set; } = [];
}
