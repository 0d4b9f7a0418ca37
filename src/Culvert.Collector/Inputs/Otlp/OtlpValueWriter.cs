using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Otlp;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>Writes AnyValues as attributes and bodies of records. Reused; one thread at a time.</summary>
internal sealed class OtlpValueWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly OtlpText _text;
    private readonly Utf8JsonWriter _writer;

    public OtlpValueWriter(OtlpText text)
    {
        _text = text;
        // Relaxed: the text is kept and searched, never put into HTML as it is. Not validated: the walk below writes
        // well-formed JSON by its shape.
        _writer = new Utf8JsonWriter(
            _json,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Whether something was nested too deeply since this was last set to false, and was left out.</summary>
    public bool Truncated { get; set; }

    public void Dispose() => _writer.Dispose();

    /// <summary>Adds one attribute; false when the value is broken.</summary>
    public bool Add(ref AttributeWriter attributes, ReadOnlySpan<byte> key, in OtlpValue value)
    {
        if (value.Kind is OtlpFields.ValueArray or OtlpFields.ValueKeyValueList)
        {
            // First, because the keys in it are repaired in the same memory as this one.
            if (!TryWriteJson(value)) return false;
            attributes.AddJson(_text.Key(key), _json.WrittenSpan);
            return true;
        }

        key = _text.Key(key);
        switch (value.Kind)
        {
            case OtlpFields.ValueText: attributes.Add(key, _text.Value(value.Bytes)); return true;
            case OtlpFields.ValueBool: attributes.Add(key, value.Number != 0); return true;
            case OtlpFields.ValueInt: attributes.Add(key, (long)value.Number); return true;
            case OtlpFields.ValueDouble: attributes.Add(key, value.Double); return true;
            case OtlpFields.ValueBytes: attributes.AddBytes(key, value.Bytes); return true;
            default: attributes.AddNull(key); return true;
        }
    }

    /// <summary>Writes the body; false when the value is broken.</summary>
    public bool Body(RecordBatchWriter record, in OtlpValue value)
    {
        switch (value.Kind)
        {
            case OtlpFields.ValueText: record.Body(_text.Value(value.Bytes)); return true;
            case OtlpFields.ValueBool: record.Body(value.Number != 0 ? "true"u8 : "false"u8); return true;
            case OtlpFields.ValueInt:
                record.Body(((long)value.Number).ToString(CultureInfo.InvariantCulture));
                return true;
            case OtlpFields.ValueDouble:
                record.Body(BitConverter.UInt64BitsToDouble(value.Number).ToString("R", CultureInfo.InvariantCulture));
                return true;
            case OtlpFields.ValueBytes: record.Body(Convert.ToBase64String(value.Bytes)); return true;
            case OtlpFields.ValueArray or OtlpFields.ValueKeyValueList:
                if (!TryWriteJson(value)) return false;
                record.Body(_json.WrittenSpan, isJson: true);
                return true;
            default: record.Body(""u8); return true;
        }
    }

    private bool TryWriteJson(in OtlpValue value)
    {
        _json.ResetWrittenCount();
        _writer.Reset();
        var whole = TryWrite(value, 0);
        _writer.Flush();
        return whole;
    }

    private bool TryWrite(in OtlpValue value, int depth)
    {
        if (depth > HttpInputLimits.ValueDepthMax)
        {
            Truncated = true;
            _writer.WriteNullValue();
            return true;
        }

        switch (value.Kind)
        {
            case OtlpFields.ValueText: _writer.WriteStringValue(_text.Value(value.Bytes)); return true;
            case OtlpFields.ValueBool: _writer.WriteBooleanValue(value.Number != 0); return true;
            case OtlpFields.ValueInt: _writer.WriteNumberValue((long)value.Number); return true;
            case OtlpFields.ValueDouble: WriteDouble(BitConverter.UInt64BitsToDouble(value.Number)); return true;
            case OtlpFields.ValueBytes: _writer.WriteBase64StringValue(value.Bytes); return true;
            case OtlpFields.ValueArray: return TryWriteArray(value.Bytes, depth);
            case OtlpFields.ValueKeyValueList: return TryWriteObject(value.Bytes, depth);
            default: _writer.WriteNullValue(); return true;
        }
    }

    private bool TryWriteArray(ReadOnlySpan<byte> list, int depth)
    {
        _writer.WriteStartArray();
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ListValues || reader.Type != ProtobufType.Bytes) continue;
            if (!OtlpValue.TryRead(reader.Bytes, out var value) || !TryWrite(value, depth + 1)) return false;
        }

        _writer.WriteEndArray();
        return !reader.IsBroken;
    }

    private bool TryWriteObject(ReadOnlySpan<byte> list, int depth)
    {
        _writer.WriteStartObject();
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ListValues || reader.Type != ProtobufType.Bytes) continue;
            if (!OtlpValue.TryReadPair(reader.Bytes, out var key, out var value)) return false;
            _writer.WritePropertyName(_text.Key(key));
            if (!TryWrite(value, depth + 1)) return false;
        }

        _writer.WriteEndObject();
        return !reader.IsBroken;
    }

    // JSON has no NaN and no infinity; OTLP's own JSON writes them as strings.
    private void WriteDouble(double value)
    {
        if (double.IsFinite(value)) _writer.WriteNumberValue(value);
        else _writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
