namespace Culvert.Framing;

/// <summary>
/// The frame that every Culvert protocol is made of. Little-endian; the length counts the payload alone.
/// <code>
///  0               4       5       6               8
///  +---------------+-------+-------+---------------+----------------
///  | length (u32)  | type  | flags | reserved (0)  | payload ...
///  +---------------+-------+-------+---------------+----------------
/// </code>
/// </summary>
public static class FrameLayout
{
    /// <summary>Offset of the payload's length in bytes, u32.</summary>
    public const int LengthOffset = 0;

    /// <summary>Offset of the frame's type, u8, whose meaning the protocol gives.</summary>
    public const int TypeOffset = LengthOffset + sizeof(uint);

    /// <summary>Offset of the flags, u8, whose meaning the protocol gives.</summary>
    public const int FlagsOffset = TypeOffset + sizeof(byte);

    /// <summary>Offset of two bytes that are zero and checked to be.</summary>
    public const int ReservedOffset = FlagsOffset + sizeof(byte);

    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = ReservedOffset + sizeof(ushort);
}
