using Culvert.Collector.Otlp;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>One AnyValue, in the memory of the body.</summary>
internal readonly ref struct OtlpValue
{
    /// <summary>Which of the AnyValue's fields is set; 0 for none.</summary>
    public int Kind { get; private init; }

    public ulong Number { get; private init; }

    public double Double => BitConverter.UInt64BitsToDouble(Number);

    public ReadOnlySpan<byte> Bytes { get; private init; }

    /// <summary>Reads the value; of several fields the last counts, as for every oneof.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out OtlpValue value)
    {
        value = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (!IsKnown(reader.Field, reader.Type)) continue;
            value = new OtlpValue { Kind = reader.Field, Number = reader.Number, Bytes = reader.Bytes };
        }

        return !reader.IsBroken;
    }

    /// <summary>Reads a KeyValue.</summary>
    public static bool TryReadPair(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> key, out OtlpValue value)
    {
        key = default;
        value = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Type != ProtobufType.Bytes) continue;
            if (reader.Field == OtlpFields.KeyValueKey) key = reader.Bytes;
            if (reader.Field == OtlpFields.KeyValueValue && !TryRead(reader.Bytes, out value)) return false;
        }

        return !reader.IsBroken;
    }

    private static bool IsKnown(int field, ProtobufType type) => field switch
    {
        OtlpFields.ValueBool or OtlpFields.ValueInt => type == ProtobufType.Varint,
        OtlpFields.ValueDouble => type == ProtobufType.Fixed64,
        OtlpFields.ValueText or OtlpFields.ValueArray or OtlpFields.ValueKeyValueList or OtlpFields.ValueBytes =>
            type == ProtobufType.Bytes,
        _ => false,
    };
}
