using System.Text;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Otlp;

/// <summary>Writes Protocol Buffers messages for tests, field by field.</summary>
internal sealed class ProtobufBuilder
{
    private readonly RecordBuffer _buffer = new();

    public byte[] ToArray() => _buffer.Written.ToArray();

    public ProtobufBuilder Number(int field, ulong value)
    {
        _buffer.WriteVarint((uint)field << 3);
        _buffer.WriteVarint(value);
        return this;
    }

    public ProtobufBuilder Fixed64(int field, ulong value)
    {
        _buffer.WriteVarint((uint)field << 3 | 1);
        _buffer.WriteInt64((long)value);
        return this;
    }

    public ProtobufBuilder Fixed32(int field, uint value)
    {
        _buffer.WriteVarint((uint)field << 3 | 5);
        _buffer.WriteBytes(BitConverter.GetBytes(value));
        return this;
    }

    public ProtobufBuilder Bytes(int field, byte[] value)
    {
        _buffer.WriteVarint((uint)field << 3 | 2);
        _buffer.WriteVarint((ulong)value.Length);
        _buffer.WriteBytes(value);
        return this;
    }

    public ProtobufBuilder Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufBuilder Message(int field, Action<ProtobufBuilder> fill)
    {
        var inner = new ProtobufBuilder();
        fill(inner);
        return Bytes(field, inner.ToArray());
    }

    /// <summary>A KeyValue with a value of which one field is set.</summary>
    public ProtobufBuilder Pair(int field, string key, Action<ProtobufBuilder> value) =>
        Message(field, pair => pair.Text(1, key).Message(2, value));
}
