using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>One argument of rd_kafka_produceva (rd_kafka_vu_t): a type, and behind it a union padded to 64
/// bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct KafkaArgument
{
    public const int Topic = 2, Value = 4, Key = 5, Opaque = 6, Flags = 7, Header = 9;

    /// <summary>For <see cref="Flags"/>: the library copies the value before it returns.</summary>
    public const int CopyFlag = 2;

    [FieldOffset(0)] public int Type;
    [FieldOffset(8)] public nint Pointer;
    [FieldOffset(8)] public int Number;
    [FieldOffset(16)] public nuint Size;
    [FieldOffset(16)] public void* HeaderValue;
    [FieldOffset(24)] public nint HeaderSize;

    public static KafkaArgument Of(int type, nint pointer, int size = 0) =>
        new() { Type = type, Pointer = pointer, Size = (nuint)size };

    public static KafkaArgument OfHeader(byte* name, void* value, int size) =>
        new() { Type = Header, Pointer = (nint)name, HeaderValue = value, HeaderSize = size };
}
