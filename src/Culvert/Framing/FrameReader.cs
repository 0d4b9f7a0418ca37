using System.Buffers;
using System.Buffers.Binary;
using Culvert.Connections;

namespace Culvert.Framing;

/// <summary>Cuts frames out of bytes that a peer sent. Holds no state: call it again with more bytes.</summary>
public static class FrameReader
{
    /// <summary>
    /// Cuts the first frame off <paramref name="buffer"/>. Returns false, with the buffer unchanged, while the frame is
    /// incomplete. Throws <see cref="ConnectionException"/> (ProtocolViolation) as soon as the header breaks a limit,
    /// before any payload is awaited.
    /// </summary>
    /// <param name="buffer">What was received; on success it begins after the frame.</param>
    /// <param name="payloadBytesMax">The largest payload this protocol takes, in bytes.</param>
    /// <param name="header">The frame's header.</param>
    /// <param name="payload">The payload, in the memory of <paramref name="buffer"/>.</param>
    public static bool TryRead(
        ref ReadOnlySequence<byte> buffer, int payloadBytesMax,
        out FrameHeader header, out ReadOnlySequence<byte> payload)
    {
        header = default;
        payload = default;
        if (buffer.Length < FrameLayout.HeaderBytes) return false;

        Span<byte> bytes = stackalloc byte[FrameLayout.HeaderBytes];
        buffer.Slice(0, FrameLayout.HeaderBytes).CopyTo(bytes);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameLayout.LengthOffset..]);
        if (length > (uint)payloadBytesMax)
        {
            throw new ConnectionException(
                ConnectionError.ProtocolViolation,
                $"A frame of {length} bytes is over the limit of {payloadBytesMax}.");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[FrameLayout.ReservedOffset..]) != 0)
        {
            throw new ConnectionException(ConnectionError.ProtocolViolation, "A frame's reserved bytes are not zero.");
        }

        if (buffer.Length - FrameLayout.HeaderBytes < length) return false;

        header = new FrameHeader((int)length, bytes[FrameLayout.TypeOffset], bytes[FrameLayout.FlagsOffset]);
        payload = buffer.Slice(FrameLayout.HeaderBytes, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }
}
