using System.Buffers.Text;
using System.Globalization;
using Culvert.Collector.Query.Text;
using Culvert.Records;

namespace Culvert.Collector.Query.Fields;

/// <summary>One value of a field: a text, a number or a truth value. Never JSON, whose values are given one by
/// one.</summary>
internal readonly ref struct FieldValue
{
    /// <summary>Room that a number or truth value needs when it is printed.</summary>
    public const int PrintedBytesMax = 32;

    private readonly long _whole;
    private readonly double _real;

    private FieldValue(AttributeType type, ReadOnlySpan<byte> text, long whole, double real)
    {
        Type = type;
        Text = text;
        _whole = whole;
        _real = real;
    }

    public AttributeType Type { get; }

    /// <summary>The text; empty for other types.</summary>
    public ReadOnlySpan<byte> Text { get; }

    public static FieldValue Of(ReadOnlySpan<byte> text) => new(AttributeType.Text, text, 0, 0);

    public static FieldValue Of(long number) => new(AttributeType.Int64, default, number, 0);

    public static FieldValue Of(double number) => new(AttributeType.Double, default, 0, number);

    public static FieldValue Of(bool flag) => new(flag ? AttributeType.True : AttributeType.False, default, 0, 0);

    public static FieldValue Of(scoped in AttributeView attribute) => attribute.Type switch
    {
        AttributeType.Int64 => Of(attribute.Int64),
        AttributeType.Double => Of(attribute.Double),
        _ => new FieldValue(attribute.Type, attribute.Value, 0, 0),
    };

    /// <summary>The value as a number; a text that is one counts.</summary>
    public bool TryGetNumber(out Number number)
    {
        switch (Type)
        {
            case AttributeType.Int64:
                number = new Number(_whole);
                return true;
            case AttributeType.Double:
                number = new Number(_real);
                return true;
            case AttributeType.Text:
                return Number.TryParse(Text, out number);
            default:
                number = default;
                return false;
        }
    }

    /// <summary>The value as text, as JSON prints it; bytes have none.</summary>
    public ReadOnlySpan<byte> Print(Span<byte> buffer)
    {
        var length = 0;
        switch (Type)
        {
            case AttributeType.Text or AttributeType.Json:
                return Text;
            case AttributeType.True:
                return "true"u8;
            case AttributeType.False:
                return "false"u8;
            case AttributeType.Int64:
                Utf8Formatter.TryFormat(_whole, buffer, out length);
                break;
            case AttributeType.Double:
                _real.TryFormat(buffer, out length, "R", CultureInfo.InvariantCulture);
                break;
        }

        return buffer[..length];
    }
}
