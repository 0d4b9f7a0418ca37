using Culvert.Records;

namespace Culvert.Collector.Inputs.Files;

/// <summary>What is remembered of a file from one start of the collector to the next.</summary>
internal sealed record FileState
{
    private const int FixedBytes = 16 + 6 * sizeof(long) + sizeof(ulong);

    /// <summary>Random; the identity under which the file's records are counted.</summary>
    public required UInt128 Producer { get; init; }

    public required FileId Id { get; init; }

    /// <summary>How often the file was begun anew under the same inode.</summary>
    public required ulong Generation { get; init; }

    /// <summary>All before it is durable.</summary>
    public required long Position { get; init; }

    public required FileFingerprint Fingerprint { get; init; }

    /// <summary>When it was seen last, ns since 1970 UTC.</summary>
    public required long SeenNs { get; init; }

    /// <summary>Its last known name; empty for a file that is gone for good.</summary>
    public required string Path { get; init; }

    public void WriteTo(RecordBuffer buffer)
    {
        buffer.WriteBytes(BitConverter.GetBytes(Producer));
        buffer.WriteInt64((long)Id.Device);
        buffer.WriteInt64((long)Id.Inode);
        buffer.WriteInt64((long)Generation);
        buffer.WriteInt64(Position);
        buffer.WriteInt64(SeenNs);
        buffer.WriteInt64(Fingerprint.Length);
        buffer.WriteInt64((long)Fingerprint.Hash);
        buffer.WriteString(Path, FilesLimits.PathBytesMax);
    }

    /// <summary>Null when the bytes are no state.</summary>
    public static FileState? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes) return null;
        var position = FixedBytes;
        if (!RecordBytes.TryReadString(bytes, ref position, FilesLimits.PathBytesMax, out var path)) return null;
        return new FileState
        {
            Producer = BitConverter.ToUInt128(bytes),
            Id = new FileId(BitConverter.ToUInt64(bytes[16..]), BitConverter.ToUInt64(bytes[24..])),
            Generation = BitConverter.ToUInt64(bytes[32..]),
            Position = BitConverter.ToInt64(bytes[40..]),
            SeenNs = BitConverter.ToInt64(bytes[48..]),
            Fingerprint = new FileFingerprint((int)BitConverter.ToInt64(bytes[56..]),
                BitConverter.ToUInt64(bytes[64..])),
            Path = System.Text.Encoding.UTF8.GetString(path),
        };
    }
}
