using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Outputs.Files;

/// <summary>Finds the end of the last whole line of a file, since a crash may have cut one.</summary>
internal static class FileTear
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>The length up to and with the last line break; 0 without any.</summary>
    public static long Length(SafeFileHandle file)
    {
        var piece = new byte[PieceBytes];
        for (var end = RandomAccess.GetLength(file); end > 0;)
        {
            var begin = Math.Max(0, end - PieceBytes);
            var read = RandomAccess.Read(file, piece.AsSpan(0, (int)(end - begin)), begin);
            var at = piece.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (at >= 0) return begin + at + 1;
            end = begin;
        }

        return 0;
    }
}
