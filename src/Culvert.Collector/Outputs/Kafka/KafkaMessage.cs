using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>A message as it is reported (rd_kafka_message_t), on 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaMessage
{
    public int Error;
    public nint Topic;
    public int Partition;
    public byte* Value;
    public nuint ValueSize;
    public byte* Key;
    public nuint KeySize;
    public long Offset;
    public nint Opaque;
}
