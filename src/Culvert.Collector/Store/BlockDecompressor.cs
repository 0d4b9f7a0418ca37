using System.IO.Compression;

namespace Culvert.Collector.Store;

/// <summary>Decompresses columns. One thread at a time.</summary>
internal sealed class BlockDecompressor : IDisposable
{
    private nint _zstd;
    private bool _disposed;

    /// <summary>Fills the whole destination, or throws <see cref="BlockDamagedException"/>.</summary>
    public void Decompress(BlockCodec codec, ReadOnlySpan<byte> stored, Span<byte> raw)
    {
        var done = codec switch
        {
            BlockCodec.None => stored.Length == raw.Length && stored.TryCopyTo(raw),
            BlockCodec.Zstd => TryZstd(stored, raw),
            BlockCodec.Brotli => BrotliDecoder.TryDecompress(stored, raw, out var written) && written == raw.Length,
            _ => false,
        };
        if (!done) throw new BlockDamagedException($"A column cannot be decompressed (codec {(byte)codec}).");
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_zstd != 0) Zstd.FreeDecompressor(_zstd);
    }

    private bool TryZstd(ReadOnlySpan<byte> stored, Span<byte> raw)
    {
        if (!Zstd.IsAvailable)
        {
            throw new BlockDamagedException(
                "The block was compressed with zstd, and libzstd.so.1 is not on this system: install libzstd1.");
        }

        if (_zstd == 0) _zstd = Zstd.CreateDecompressor();
        return Zstd.TryDecompress(_zstd, stored, raw);
    }
}
