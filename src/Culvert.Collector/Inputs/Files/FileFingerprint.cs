using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>A hash of a file's first bytes, of as many as were there when it was made. It tells a file from a later one
/// that was given the same inode.</summary>
internal readonly record struct FileFingerprint(int Length, ulong Hash)
{
    /// <summary>The hash of the first <paramref name="length"/> bytes; of fewer where the file is shorter.</summary>
    public static FileFingerprint Of(SafeFileHandle file, long length)
    {
        Span<byte> head = stackalloc byte[FilesLimits.FingerprintBytesMax];
        head = head[..(int)Math.Min(length, head.Length)];
        var count = 0;
        while (count < head.Length)
        {
            var read = RandomAccess.Read(file, head[count..], count);
            if (read == 0) break;
            count += read;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(head[..count], hash);
        return new FileFingerprint(count, BitConverter.ToUInt64(hash));
    }

    /// <summary>Whether the file still begins with these bytes; every file begins with none.</summary>
    public bool Matches(SafeFileHandle file) => Length == 0 || Of(file, Length) == this;
}
