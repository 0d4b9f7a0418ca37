namespace Culvert.Collector.Otlp;

/// <summary>The wire types of Protocol Buffers that are in use.</summary>
internal enum ProtobufType : byte
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
