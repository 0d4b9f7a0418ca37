using System.Buffers.Binary;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The one message of the set-up on Windows, from the listener to the client: handles that the client has already,
/// since the listener has duplicated them into its process. Little-endian.
/// <code>
/// 0 magic u32 (SectionLayout) | 4 version u32 | 8 memory u64 | 16 toListener u64 | 24 toClient u64
/// </code>
/// The two last are the events by which the reader of the ring to the listener, and that of the ring to the client, is
/// woken.
/// </summary>
internal readonly record struct SectionOffer(nint Memory, nint ToListener, nint ToClient)
{
    public const int VersionOffset = sizeof(uint);
    public const int MemoryOffset = VersionOffset + sizeof(uint);
    public const int ToListenerOffset = MemoryOffset + sizeof(ulong);
    public const int ToClientOffset = ToListenerOffset + sizeof(ulong);
    public const int Bytes = ToClientOffset + sizeof(ulong);

    /// <summary>Every handle is there.</summary>
    public bool IsWhole => Memory > 0 && ToListener > 0 && ToClient > 0;

    public byte[] Write()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, SectionLayout.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionOffset), SectionLayout.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(MemoryOffset), Memory);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ToListenerOffset), ToListener);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ToClientOffset), ToClient);
        return bytes;
    }

    /// <summary>Null when it is no offer of this version.</summary>
    public static SectionOffer? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != SectionLayout.Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionOffset..]) != SectionLayout.Version) return null;
        var offer = new SectionOffer(
            (nint)BinaryPrimitives.ReadInt64LittleEndian(bytes[MemoryOffset..]),
            (nint)BinaryPrimitives.ReadInt64LittleEndian(bytes[ToListenerOffset..]),
            (nint)BinaryPrimitives.ReadInt64LittleEndian(bytes[ToClientOffset..]));
        return offer.IsWhole ? offer : null;
    }
}
