using Culvert.Records;

namespace Culvert.Collector.Otlp;

/// <summary>Writes the fields of Protocol Buffers messages; source: protobuf.dev/programming-guides/encoding.</summary>
/// <remarks>A message within another one is written in place: its length is reserved first, and filled in at its
/// end.</remarks>
internal static class ProtobufWriter
{
    /// <summary>Bytes reserved for a length: 256 MiB less one, more than any record and its resource have.</summary>
    private const int LengthBytes = 4;

    public static void Number(RecordBuffer buffer, int field, ulong value)
    {
        Tag(buffer, field, ProtobufType.Varint);
        buffer.WriteVarint(value);
    }

    public static void Fixed64(RecordBuffer buffer, int field, long value)
    {
        Tag(buffer, field, ProtobufType.Fixed64);
        buffer.WriteInt64(value);
    }

    public static void Fixed32(RecordBuffer buffer, int field, byte value)
    {
        Tag(buffer, field, ProtobufType.Fixed32);
        buffer.WriteBytes([value, 0, 0, 0]);
    }

    public static void Bytes(RecordBuffer buffer, int field, ReadOnlySpan<byte> value)
    {
        Tag(buffer, field, ProtobufType.Bytes);
        buffer.WriteVarint((ulong)value.Length);
        buffer.WriteBytes(value);
    }

    /// <summary>What <see cref="Bytes"/> writes.</summary>
    public static int BytesSize(int field, ReadOnlySpan<byte> value) =>
        Varint.Size((uint)field << 3) + Varint.Size((ulong)value.Length) + value.Length;

    /// <summary>Begins a message within the message whose length is known: shorter, and nothing is to be
    /// ended.</summary>
    public static void Head(RecordBuffer buffer, int field, int length)
    {
        Tag(buffer, field, ProtobufType.Bytes);
        buffer.WriteVarint((ulong)length);
    }

    /// <summary>Begins a message within the message; returns what <see cref="End"/> wants.</summary>
    public static int Begin(RecordBuffer buffer, int field)
    {
        Tag(buffer, field, ProtobufType.Bytes);
        return buffer.ReserveVarint(LengthBytes);
    }

    public static void End(RecordBuffer buffer, int begun) =>
        buffer.PatchVarint(begun, LengthBytes, buffer.Length - begun - LengthBytes);

    private static void Tag(RecordBuffer buffer, int field, ProtobufType type) =>
        buffer.WriteVarint((uint)field << 3 | (uint)type);
}
