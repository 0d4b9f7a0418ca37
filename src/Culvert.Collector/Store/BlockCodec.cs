namespace Culvert.Collector.Store;

/// <summary>How a column's bytes are compressed; the byte stands in the block's directory.</summary>
internal enum BlockCodec : byte
{
    /// <summary>As they are: what would not have become smaller.</summary>
    None = 0,

    /// <summary>One Zstandard frame (RFC 8878).</summary>
    Zstd = 1,

    /// <summary>One Brotli stream (RFC 7932).</summary>
    Brotli = 2,
}
