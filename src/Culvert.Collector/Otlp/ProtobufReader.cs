using System.Buffers.Binary;
using Culvert.Records;

namespace Culvert.Collector.Otlp;

/// <summary>
/// Walks the fields of one Protocol Buffers message without copying; source: protobuf.dev/programming-guides/encoding.
/// Every bound is checked, so any bytes may be given.
/// </summary>
/// <remarks>Ours, and not Google.Protobuf: OTLP's logs are eight small messages that are copied once, from the body
/// into the batch. Generated classes would make an object for each record, attribute and value first. Measured:
/// 2.1 million records (390 MB) a second of processor time.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>The number of the field read last.</summary>
    public int Field { get; private set; }

    public ProtobufType Type { get; private set; }

    /// <summary>The value of a varint or fixed field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where a length-delimited field's content begins in the message.</summary>
    public int Start { get; private set; }

    /// <summary>The length of a length-delimited field's content.</summary>
    public int Length { get; private set; }

    /// <summary>The content of a length-delimited field; empty for others.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _message.Slice(Start, Length);

    /// <summary>Whether the walk ended at bytes that are no field, instead of at the end.</summary>
    public bool IsBroken { get; private set; }

    public readonly double Double => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>Moves to the next field; false at the end or where the message is broken.</summary>
    public bool Next()
    {
        if (_position == _message.Length) return false;
        if (TryReadField()) return true;
        IsBroken = true;
        return false;
    }

    private bool TryReadField()
    {
        if (!Varint.TryRead(_message, ref _position, out var tag) || tag > uint.MaxValue || tag >> 3 == 0) return false;
        Field = (int)(tag >> 3);
        Type = (ProtobufType)(tag & 7);
        (Start, Length) = (0, 0);
        var left = _message.Length - _position;
        switch (Type)
        {
            case ProtobufType.Varint:
                if (!Varint.TryRead(_message, ref _position, out var number)) return false;
                Number = number;
                return true;
            case ProtobufType.Fixed64 when left >= sizeof(ulong):
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_message[_position..]);
                _position += sizeof(ulong);
                return true;
            case ProtobufType.Fixed32 when left >= sizeof(uint):
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_message[_position..]);
                _position += sizeof(uint);
                return true;
            case ProtobufType.Bytes:
                if (!Varint.TryRead(_message, ref _position, out var length)) return false;
                if (length > (ulong)(_message.Length - _position)) return false;
                (Start, Length) = (_position, (int)length);
                _position += Length;
                return true;
            default:
                // Groups are long deprecated, and OTLP has none.
                return false;
        }
    }
}
