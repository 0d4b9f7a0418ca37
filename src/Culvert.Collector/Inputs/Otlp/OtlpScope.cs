using Culvert.Collector.Otlp;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>The instrumentation scope of a group of records: its name becomes their logger, the rest attributes named
/// as
/// OpenTelemetry's mapping to other formats names them (<c>otel.scope.version</c>).</summary>
internal readonly ref struct OtlpScope
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _version;
    private readonly bool _hasAttributes;

    private OtlpScope(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, ReadOnlySpan<byte> version, bool hasAttributes)
    {
        _message = message;
        _version = version;
        _hasAttributes = hasAttributes;
        Name = name;
    }

    public ReadOnlySpan<byte> Name { get; }

    public static bool TryRead(ReadOnlySpan<byte> message, out OtlpScope scope)
    {
        ReadOnlySpan<byte> name = default, version = default;
        var hasAttributes = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Type != ProtobufType.Bytes) continue;
            if (reader.Field == OtlpFields.ScopeName) name = reader.Bytes;
            if (reader.Field == OtlpFields.ScopeVersion) version = reader.Bytes;
            hasAttributes |= reader.Field == OtlpFields.ScopeAttributes;
        }

        scope = new OtlpScope(message, name, version, hasAttributes);
        return !reader.IsBroken;
    }

    public bool TryWriteAttributes(ref AttributeWriter attributes, OtlpValueWriter values, OtlpText text)
    {
        if (!_version.IsEmpty) attributes.Add("otel.scope.version"u8, text.Value(_version));
        if (!_hasAttributes) return true;
        var reader = new ProtobufReader(_message);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ScopeAttributes || reader.Type != ProtobufType.Bytes) continue;
            if (!OtlpValue.TryReadPair(reader.Bytes, out var key, out var value)) return false;
            if (!values.Add(ref attributes, [.. "otel.scope."u8, .. key], value)) return false;
        }

        return !reader.IsBroken;
    }
}
