using System.IO.Compression;

namespace Culvert.Collector.Store;

/// <summary>Compresses columns: zstd level 1 where the system has it, Brotli 1 otherwise. One thread at a
/// time.</summary>
internal sealed class BlockCompressor : IDisposable
{
    private const int Level = 1;
    private const int BrotliWindowBits = 22;

    // Below this a frame's header eats what it saves.
    private const int BytesMin = 48;

    private readonly nint _zstd;
    private byte[] _output = new byte[64 * 1024];
    private bool _disposed;

    public BlockCompressor(BlockCodec? codec = null)
    {
        Codec = codec ?? (Zstd.IsAvailable ? BlockCodec.Zstd : BlockCodec.Brotli);
        if (Codec == BlockCodec.Zstd) _zstd = Zstd.CreateCompressor();
    }

    public BlockCodec Codec { get; }

    /// <summary>Compresses; what it returns is valid until the next call.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> raw, out BlockCodec codec)
    {
        codec = BlockCodec.None;
        if (raw.Length < BytesMin || Codec == BlockCodec.None) return raw;
        var bound = Codec == BlockCodec.Zstd
            ? Zstd.CompressBound(raw.Length)
            : BrotliEncoder.GetMaxCompressedLength(raw.Length);
        if (_output.Length < bound) _output = new byte[bound];
        var written = Codec == BlockCodec.Zstd ? Zstd.Compress(_zstd, raw, _output, Level) : Brotli(raw);
        if (written < 0 || written >= raw.Length) return raw;
        codec = Codec;
        return _output.AsSpan(0, written);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_zstd != 0) Zstd.FreeCompressor(_zstd);
    }

    private int Brotli(ReadOnlySpan<byte> raw) =>
        BrotliEncoder.TryCompress(raw, _output, out var written, Level, BrotliWindowBits) ? written : -1;
}
