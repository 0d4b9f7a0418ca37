using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Text;

/// <summary>Writes JSON values as attributes.</summary>
internal static class JsonAttributes
{
    public static void Add(
        ref AttributeWriter attributes, ReadOnlySpan<byte> key, JsonElement value, JsonStrings strings)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String: attributes.Add(key, strings.Get(value)); break;
            case JsonValueKind.True: attributes.Add(key, true); break;
            case JsonValueKind.False: attributes.Add(key, false); break;
            case JsonValueKind.Number: AddNumber(ref attributes, key, value); break;
            case JsonValueKind.Array or JsonValueKind.Object:
                attributes.AddJson(key, JsonMarshal.GetRawUtf8Value(value));
                break;
            default: attributes.AddNull(key); break;
        }
    }

    /// <summary>No less than what the property takes as an attribute.</summary>
    public static int Bytes(JsonProperty property) =>
        JsonMarshal.GetRawUtf8PropertyName(property).Length + JsonMarshal.GetRawUtf8Value(property.Value).Length + 32;

    private static void AddNumber(ref AttributeWriter attributes, ReadOnlySpan<byte> key, JsonElement value)
    {
        if (value.TryGetInt64(out var whole)) attributes.Add(key, whole);
        else if (value.TryGetDouble(out var number) && double.IsFinite(number)) attributes.Add(key, number);
        else attributes.Add(key, JsonMarshal.GetRawUtf8Value(value));
    }
}
