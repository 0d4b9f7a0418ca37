using System.Buffers;
using System.Buffers.Binary;

namespace Culvert.Framing;

/// <summary>Writes frames; see <see cref="FrameLayout"/>.</summary>
public static class FrameWriter
{
    /// <summary>Writes a header into the first <see cref="FrameLayout.HeaderBytes"/> bytes of
    /// <paramref name="destination"/>.</summary>
    public static void WriteHeader(Span<byte> destination, in FrameHeader header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FrameLayout.LengthOffset..], (uint)header.PayloadBytes);
        destination[FrameLayout.TypeOffset] = header.Type;
        destination[FrameLayout.FlagsOffset] = header.Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[FrameLayout.ReservedOffset..], 0);
    }

    /// <summary>Writes a whole frame.</summary>
    public static void Write(IBufferWriter<byte> output, byte type, ReadOnlySpan<byte> payload, byte flags = 0)
    {
        var span = output.GetSpan(FrameLayout.HeaderBytes + payload.Length);
        WriteHeader(span, new FrameHeader(payload.Length, type, flags));
        payload.CopyTo(span[FrameLayout.HeaderBytes..]);
        output.Advance(FrameLayout.HeaderBytes + payload.Length);
    }
}
