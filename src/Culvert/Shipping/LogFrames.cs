using System.Buffers;
using System.Buffers.Binary;
using Culvert.Framing;

namespace Culvert.Shipping;

/// <summary>Writes and reads the small frames of <see cref="LogProtocol"/>: all but Batch, whose payload is the
/// batch.</summary>
internal static class LogFrames
{
    public const int HelloBytes = 16 + sizeof(ulong);
    public const int WelcomeBytes = sizeof(ulong) + sizeof(uint);
    public const int AckBytes = sizeof(ulong);
    public const int ReportBytes = (1 + LogProtocol.LevelCount) * sizeof(ulong);

    public static void WriteHello(IBufferWriter<byte> output, ReadOnlySpan<byte> producer, ulong epoch)
    {
        Span<byte> payload = stackalloc byte[HelloBytes];
        producer.CopyTo(payload);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], epoch);
        FrameWriter.Write(output, (byte)LogFrameType.Hello, payload);
    }

    public static void WriteWelcome(IBufferWriter<byte> output, ulong sequence, uint batchBytesMax)
    {
        Span<byte> payload = stackalloc byte[WelcomeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[sizeof(ulong)..], batchBytesMax);
        FrameWriter.Write(output, (byte)LogFrameType.Welcome, payload);
    }

    public static void WriteAck(IBufferWriter<byte> output, ulong sequence)
    {
        Span<byte> payload = stackalloc byte[AckBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, sequence);
        FrameWriter.Write(output, (byte)LogFrameType.Ack, payload);
    }

    /// <summary>Writes a Report or Goodbye.</summary>
    public static void WriteReport(
        IBufferWriter<byte> output, LogFrameType type, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
        Span<byte> payload = stackalloc byte[ReportBytes];
        WriteReport(payload, produced, droppedByLevel);
        FrameWriter.Write(output, (byte)type, payload);
    }

    public static void WriteReport(Span<byte> payload, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(payload, produced);
        for (var level = 0; level < LogProtocol.LevelCount; level++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload[((1 + level) * sizeof(ulong))..], droppedByLevel[level]);
        }
    }

    public static bool TryReadHello(in ReadOnlySequence<byte> payload, Span<byte> producer, out ulong epoch)
    {
        epoch = 0;
        if (payload.Length != HelloBytes) return false;
        Span<byte> bytes = stackalloc byte[HelloBytes];
        payload.CopyTo(bytes);
        bytes[..16].CopyTo(producer);
        epoch = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        return true;
    }

    public static bool TryReadWelcome(in ReadOnlySequence<byte> payload, out ulong sequence, out uint batchBytesMax)
    {
        (sequence, batchBytesMax) = (0, 0);
        if (payload.Length != WelcomeBytes) return false;
        Span<byte> bytes = stackalloc byte[WelcomeBytes];
        payload.CopyTo(bytes);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        batchBytesMax = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(ulong)..]);
        return true;
    }

    public static bool TryReadAck(in ReadOnlySequence<byte> payload, out ulong sequence)
    {
        sequence = 0;
        if (payload.Length != AckBytes) return false;
        Span<byte> bytes = stackalloc byte[AckBytes];
        payload.CopyTo(bytes);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return true;
    }

    /// <summary>Reads a Report or Goodbye; <paramref name="droppedByLevel"/> has <see cref="LogProtocol.LevelCount"/>
    /// places.</summary>
    public static bool TryReadReport(in ReadOnlySequence<byte> payload, out ulong produced, Span<ulong> droppedByLevel)
    {
        produced = 0;
        if (payload.Length != ReportBytes) return false;
        Span<byte> bytes = stackalloc byte[ReportBytes];
        payload.CopyTo(bytes);
        produced = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (var level = 0; level < LogProtocol.LevelCount; level++)
        {
            droppedByLevel[level] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[((1 + level) * sizeof(ulong))..]);
        }

        return true;
    }
}
