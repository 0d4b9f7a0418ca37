using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Collector.Inputs.Text;

/// <summary>Gives the strings of a JSON document as UTF-8, without making strings of them. Reused; one thread at a
/// time.</summary>
internal sealed class JsonStrings
{
    private byte[] _scratch = new byte[256];

    /// <summary>The text of a string element, in the document's memory or in this object's: valid until the next
    /// call.</summary>
    public ReadOnlySpan<byte> Get(JsonElement element) => Unescape(Inner(JsonMarshal.GetRawUtf8Value(element)));

    /// <summary>The name of a property, as <see cref="Get"/> does.</summary>
    public ReadOnlySpan<byte> Name(JsonProperty property) => Unescape(JsonMarshal.GetRawUtf8PropertyName(property));

    /// <summary>The last property of that name. TryGetProperty throws where another one's name has an escaped lone
    /// surrogate; here that is a name like any other.</summary>
    public bool TryFind(JsonElement json, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        foreach (var property in json.EnumerateObject())
        {
            if (Name(property).SequenceEqual(name)) value = property.Value;
        }

        return value.ValueKind != JsonValueKind.Undefined;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return escaped;
        if (_scratch.Length < escaped.Length) _scratch = new byte[escaped.Length * 2];
        return _scratch.AsSpan(0, JsonUnescape.Write(escaped, _scratch));
    }

    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> quoted) => quoted[1..^1];
}
