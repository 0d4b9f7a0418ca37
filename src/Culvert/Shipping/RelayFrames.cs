using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Culvert.Framing;

namespace Culvert.Shipping;

/// <summary>Writes and reads the frames by which one collector hands records on to another; see
/// <see cref="LogProtocol"/>. Every reader takes any bytes.</summary>
internal static class RelayFrames
{
    public const int ProducerBytes = 16;
    public const int HelloBytesMin = 1 + ProducerBytes + sizeof(ulong);
    public const int WelcomeBytes = 1 + ProducerBytes + (2 * sizeof(uint));
    public const int ProducerHeadBytes = sizeof(uint) + ProducerBytes + sizeof(ulong);
    public const int BatchHeadBytes = sizeof(uint) + (2 * sizeof(ulong));
    public const int ReportBytes = ProducerBytes + sizeof(ulong) + LogFrames.ReportBytes;

    public static void WriteHello(IBufferWriter<byte> output, in RelayHello hello)
    {
        Span<byte> payload = stackalloc byte[HelloBytesMin + RelayLimits.NameBytesMax];
        payload[0] = hello.Version;
        BinaryPrimitives.WriteUInt128LittleEndian(payload[1..], hello.Collector);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[(1 + ProducerBytes)..], hello.Member);
        Utf8.FromUtf16(hello.Name, payload[HelloBytesMin..], out _, out var bytes);
        FrameWriter.Write(output, (byte)LogFrameType.RelayHello, payload[..(HelloBytesMin + bytes)]);
    }

    public static bool TryReadHello(in ReadOnlySequence<byte> payload, out RelayHello hello)
    {
        hello = default;
        if (payload.Length is < HelloBytesMin or > HelloBytesMin + RelayLimits.NameBytesMax) return false;
        Span<byte> buffer = stackalloc byte[HelloBytesMin + RelayLimits.NameBytesMax];
        payload.CopyTo(buffer);
        var name = buffer[HelloBytesMin..(int)payload.Length];
        if (buffer[0] == 0 || !Utf8.IsValid(name)) return false;
        hello = new RelayHello(
            buffer[0], BinaryPrimitives.ReadUInt128LittleEndian(buffer[1..]),
            BinaryPrimitives.ReadUInt64LittleEndian(buffer[(1 + ProducerBytes)..]), Encoding.UTF8.GetString(name));
        return true;
    }

    public static void WriteWelcome(IBufferWriter<byte> output, in RelayWelcome welcome)
    {
        Span<byte> payload = stackalloc byte[WelcomeBytes];
        payload[0] = welcome.Version;
        BinaryPrimitives.WriteUInt128LittleEndian(payload[1..], welcome.Collector);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[(1 + ProducerBytes)..], welcome.BatchBytesMax);
        BinaryPrimitives.WriteUInt32LittleEndian(
            payload[(1 + ProducerBytes + sizeof(uint))..], welcome.ProducersMax);
        FrameWriter.Write(output, (byte)LogFrameType.RelayWelcome, payload);
    }

    public static bool TryReadWelcome(in ReadOnlySequence<byte> payload, out RelayWelcome welcome)
    {
        welcome = default;
        if (payload.Length != WelcomeBytes) return false;
        Span<byte> buffer = stackalloc byte[WelcomeBytes];
        payload.CopyTo(buffer);
        welcome = new RelayWelcome(
            buffer[0], BinaryPrimitives.ReadUInt128LittleEndian(buffer[1..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[(1 + ProducerBytes)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[(1 + ProducerBytes + sizeof(uint))..]));
        return true;
    }

    public static void WriteProducer(
        IBufferWriter<byte> output, uint slot, UInt128 producer, ulong epoch, ReadOnlySpan<byte> origin)
    {
        var frame = output.GetSpan(FrameLayout.HeaderBytes + ProducerHeadBytes + origin.Length);
        var length = ProducerHeadBytes + origin.Length;
        FrameWriter.WriteHeader(frame, new FrameHeader(length, (byte)LogFrameType.RelayProducer, 0));
        var payload = frame[FrameLayout.HeaderBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, slot);
        BinaryPrimitives.WriteUInt128LittleEndian(payload[sizeof(uint)..], producer);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[(sizeof(uint) + ProducerBytes)..], epoch);
        origin.CopyTo(payload[ProducerHeadBytes..]);
        output.Advance(FrameLayout.HeaderBytes + length);
    }

    /// <summary>Reads who is announced; the origin is what stands behind <see cref="ProducerHeadBytes"/>, and not
    /// looked at here.</summary>
    public static bool TryReadProducer(
        in ReadOnlySequence<byte> payload, out uint slot, out UInt128 producer, out ulong epoch)
    {
        (slot, producer, epoch) = (0, default, 0);
        if (payload.Length is < ProducerHeadBytes or > ProducerHeadBytes + RelayLimits.OriginBytesMax) return false;
        Span<byte> head = stackalloc byte[ProducerHeadBytes];
        payload.Slice(0, ProducerHeadBytes).CopyTo(head);
        slot = BinaryPrimitives.ReadUInt32LittleEndian(head);
        producer = BinaryPrimitives.ReadUInt128LittleEndian(head[sizeof(uint)..]);
        epoch = BinaryPrimitives.ReadUInt64LittleEndian(head[(sizeof(uint) + ProducerBytes)..]);
        return slot < RelayLimits.ProducersMax;
    }

    /// <summary>Writes a batch as it is; returns its bytes in the output's memory, which are sent with the next flush
    /// and may be changed until then.</summary>
    public static Span<byte> WriteBatch(
        IBufferWriter<byte> output, uint slot, ulong number, ulong firstSequence, ReadOnlySpan<byte> batch)
    {
        var length = BatchHeadBytes + batch.Length;
        var frame = output.GetSpan(FrameLayout.HeaderBytes + length);
        FrameWriter.WriteHeader(frame, new FrameHeader(length, (byte)LogFrameType.RelayBatch, 0));
        var payload = frame[FrameLayout.HeaderBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, slot);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[sizeof(uint)..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[(sizeof(uint) + sizeof(ulong))..], firstSequence);
        batch.CopyTo(payload[BatchHeadBytes..]);
        output.Advance(FrameLayout.HeaderBytes + length);
        return payload.Slice(BatchHeadBytes, batch.Length);
    }

    /// <summary>Reads what stands before a batch; the batch is what stands behind
    /// <see cref="BatchHeadBytes"/>.</summary>
    public static bool TryReadBatch(
        in ReadOnlySequence<byte> payload, out uint slot, out ulong number, out ulong firstSequence)
    {
        (slot, number, firstSequence) = (0, 0, 0);
        if (payload.Length <= BatchHeadBytes) return false;
        Span<byte> head = stackalloc byte[BatchHeadBytes];
        payload.Slice(0, BatchHeadBytes).CopyTo(head);
        slot = BinaryPrimitives.ReadUInt32LittleEndian(head);
        number = BinaryPrimitives.ReadUInt64LittleEndian(head[sizeof(uint)..]);
        firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(head[(sizeof(uint) + sizeof(ulong))..]);
        return number > 0 && firstSequence > 0;
    }

    public static void WriteReport(
        IBufferWriter<byte> output, UInt128 producer, ulong epoch, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
        Span<byte> payload = stackalloc byte[ReportBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(payload, producer);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[ProducerBytes..], epoch);
        LogFrames.WriteReport(payload[(ProducerBytes + sizeof(ulong))..], produced, droppedByLevel);
        FrameWriter.Write(output, (byte)LogFrameType.RelayReport, payload);
    }

    public static bool TryReadReport(
        in ReadOnlySequence<byte> payload, out UInt128 producer, out ulong epoch, out ulong produced,
        Span<ulong> droppedByLevel)
    {
        (producer, epoch, produced) = (default, 0, 0);
        if (payload.Length != ReportBytes) return false;
        Span<byte> head = stackalloc byte[ProducerBytes + sizeof(ulong)];
        payload.Slice(0, head.Length).CopyTo(head);
        producer = BinaryPrimitives.ReadUInt128LittleEndian(head);
        epoch = BinaryPrimitives.ReadUInt64LittleEndian(head[ProducerBytes..]);
        return LogFrames.TryReadReport(payload.Slice(head.Length), out produced, droppedByLevel);
    }
}
