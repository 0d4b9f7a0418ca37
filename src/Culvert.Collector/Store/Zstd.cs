using System.Runtime.InteropServices;

namespace Culvert.Collector.Store;

/// <summary>The system's libzstd, where there is one. Source: zstd.h of Zstandard 1.5, the stable "simple
/// API".</summary>
internal static unsafe partial class Zstd
{
    private const string Library = "libzstd.so.1";

    /// <summary>Whether the library was found. Debian installs it always (dpkg needs it).</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, out _);

    public static nint CreateCompressor() => ZSTD_createCCtx();

    public static void FreeCompressor(nint context) => ZSTD_freeCCtx(context);

    public static int CompressBound(int length) => checked((int)ZSTD_compressBound((nuint)length));

    /// <summary>Compresses with a context that one thread at a time uses; the bytes written, or -1.</summary>
    public static int Compress(nint context, ReadOnlySpan<byte> source, Span<byte> destination, int level)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var written = ZSTD_compressCCtx(context, to, (nuint)destination.Length, from, (nuint)source.Length, level);
            return ZSTD_isError(written) != 0 ? -1 : (int)written;
        }
    }

    /// <summary>Decompresses into exactly the destination; false when the bytes are no such frame.</summary>
    public static bool TryDecompress(nint context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var written = ZSTD_decompressDCtx(context, to, (nuint)destination.Length, from, (nuint)source.Length);
            return ZSTD_isError(written) == 0 && written == (nuint)destination.Length;
        }
    }

    public static nint CreateDecompressor() => ZSTD_createDCtx();

    public static void FreeDecompressor(nint context) => ZSTD_freeDCtx(context);

    [LibraryImport(Library)]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    private static partial nint ZSTD_createDCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressBound(nuint length);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressCCtx(
        nint context, byte* destination, nuint capacity, byte* source, nuint length, int level);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompressDCtx(
        nint context, byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint code);
}
