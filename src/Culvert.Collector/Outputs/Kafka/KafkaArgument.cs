using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>One argument of rd_kafka_produceva (rd_kafka_vu_t): a type, and behind it a union padded to 64
/// bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct KafkaArgument
{
    public const int Topic = 2, Value = 4, Key = 5, Opaque = 6, Flags = 7, Headers = 10;

    /// <summary>For <see cref="Flags"/>: the library copies the value before it returns.</summary>
    public const int CopyFlag = 2;

    [FieldOffset(0)] public int Type;
    [FieldOffset(8)] public nint Pointer;
    [FieldOffset(8)] public int Number;
    [FieldOffset(16)] public nuint Size;

    public void Set(int type, nint pointer, int size = 0) =>
        (Type, Pointer, Size) = (type, pointer, (nuint)size);
}
