using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Text;
using Culvert.Collector.Otlp;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>
/// Rewrites an OTLP body from JSON to Protocol Buffers, so that one decoder serves both; source:
/// opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding".
/// </summary>
internal static class OtlpJson
{
    // Lengths are written after their content into room for four bytes; the reader accepts such padded varints.
    private const int LengthWidth = 4;
    private const string SeverityPrefix = "SEVERITY_NUMBER_";

    /// <summary>Writes the message to <paramref name="output"/>; false when the JSON is broken or of another
    /// shape.</summary>
    public static bool TryRewrite(ReadOnlySpan<byte> json, RecordBuffer output)
    {
        output.Clear();
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        if (!Utf8.IsValid(json)) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = HttpInputLimits.JsonDepthMax });
        try
        {
            return reader.Read() && TryMessage(ref reader, OtlpJsonMessage.Request, output) && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what the reader throws for a name with an escaped lone surrogate.
            return false;
        }
    }

    private static bool TryMessage(ref Utf8JsonReader reader, OtlpJsonMessage message, RecordBuffer output)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = message.Find(ref reader);
            reader.Read();
            if (field is null) reader.Skip();
            else if (reader.TokenType != JsonTokenType.Null && !TryField(ref reader, field, output)) return false;
        }

        return true;
    }

    private static bool TryField(ref Utf8JsonReader reader, OtlpJsonField field, RecordBuffer output)
    {
        if (!field.Repeated) return TryValue(ref reader, field, output);
        if (reader.TokenType != JsonTokenType.StartArray) return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!TryValue(ref reader, field, output)) return false;
        }

        return true;
    }

    private static bool TryValue(ref Utf8JsonReader reader, OtlpJsonField field, RecordBuffer output)
    {
        output.WriteVarint((uint)field.Number << 3 | (uint)WireType(field.Kind));
        switch (field.Kind)
        {
            case OtlpJsonKind.Message:
                var at = output.ReserveVarint(LengthWidth);
                if (!TryMessage(ref reader, field.Message!, output)) return false;
                output.PatchVarint(at, LengthWidth, output.Length - at - LengthWidth);
                return true;
            case OtlpJsonKind.Text or OtlpJsonKind.Hex or OtlpJsonKind.Base64:
                return reader.TokenType == JsonTokenType.String && TryString(ref reader, field.Kind, output);
            case OtlpJsonKind.Bool:
                output.WriteByte(reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0);
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case OtlpJsonKind.Double:
                if (!TryDouble(ref reader, out var number)) return false;
                output.WriteDouble(number);
                return true;
            default:
                return TryNumber(ref reader, field.Kind, output);
        }
    }

    private static ProtobufType WireType(OtlpJsonKind kind) => kind switch
    {
        OtlpJsonKind.Bool or OtlpJsonKind.Integer or OtlpJsonKind.Severity => ProtobufType.Varint,
        OtlpJsonKind.Fixed64 or OtlpJsonKind.Double => ProtobufType.Fixed64,
        OtlpJsonKind.Fixed32 => ProtobufType.Fixed32,
        _ => ProtobufType.Bytes,
    };

    private static bool TryString(ref Utf8JsonReader reader, OtlpJsonKind kind, RecordBuffer output)
    {
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length + 1);
        try
        {
            var text = rented.AsSpan(0, JsonUnescape.Write(reader.ValueSpan, rented));
            return kind == OtlpJsonKind.Text ? Write(text, output) : TryDecode(text, kind, output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // An id that is no hex is written as an empty one, which counts as not given: the record is worth more than its
    // trace.
    private static bool TryDecode(Span<byte> text, OtlpJsonKind kind, RecordBuffer output)
    {
        if (kind == OtlpJsonKind.Hex)
        {
            var status = Convert.FromHexString(text, text, out _, out var count);
            return Write(status == OperationStatus.Done ? text[..count] : default, output);
        }

        return Base64.DecodeFromUtf8InPlace(text, out var length) == OperationStatus.Done
            && Write(text[..length], output);
    }

    private static bool Write(ReadOnlySpan<byte> bytes, RecordBuffer output)
    {
        output.WriteVarint((ulong)bytes.Length);
        output.WriteBytes(bytes);
        return true;
    }

    private static bool TryNumber(ref Utf8JsonReader reader, OtlpJsonKind kind, RecordBuffer output)
    {
        if (!TryInteger(ref reader, kind, out var number)) return false;
        if (kind == OtlpJsonKind.Fixed64) output.WriteInt64((long)number);
        else if (kind == OtlpJsonKind.Fixed32) output.WriteBytes(BitConverter.GetBytes((uint)number));
        else output.WriteVarint(number);
        return true;
    }

    private static bool TryInteger(ref Utf8JsonReader reader, OtlpJsonKind kind, out ulong number)
    {
        number = 0;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return false;
        var text = reader.ValueSpan;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)) return true;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed))
        {
            number = (ulong)signed;
            return true;
        }

        if (kind == OtlpJsonKind.Severity && reader.TokenType == JsonTokenType.String)
            return TrySeverity(text, out number);

        // ProtoJSON allows 1.0 and 1e3 where they are whole numbers.
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        if (!isNumber || Math.Floor(value) != value || Math.Abs(value) > 1L << 53) return false;
        number = (ulong)(long)value;
        return true;
    }

    // SEVERITY_NUMBER_WARN3 is 15: the class's first number and the digit.
    private static bool TrySeverity(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        var name = Encoding.UTF8.GetString(text);
        if (!name.StartsWith(SeverityPrefix, StringComparison.Ordinal)) return false;
        name = name[SeverityPrefix.Length..];
        if (name == "UNSPECIFIED") return true;
        var step = name.Length > 0 && name[^1] is >= '2' and <= '4' ? name[^1] - '1' : 0;
        var word = Encoding.UTF8.GetBytes(step == 0 ? name : name[..^1]);
        if (!SeverityWords.TryParse(word, out var severity)) return false;
        number = (ulong)((int)severity + step);
        return true;
    }

    private static bool TryDouble(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return false;
        return double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
