using System.Text.Json;
using Culvert.Collector.Query.Text;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Writes an attribute list as the object of a flat field (flat_object, flattened), so that no server can refuse it:
/// every key once, no key that a server takes for a path with an empty part, nothing too long or too deep. What had to
/// be left out or cut is reported, and then the document keeps the whole record beside it.
/// </summary>
internal sealed class FlatList
{
    private readonly HashSet<ulong> _keys = [];

    /// <summary>False when not all of it could be written.</summary>
    public bool Write(Utf8JsonWriter json, AttributeList list)
    {
        var isWhole = true;
        _keys.Clear();
        json.WriteStartObject();
        foreach (var attribute in list)
        {
            if (attribute.Type == AttributeType.Null || !IsKey(attribute.Key)
                || !_keys.Add(TokenHash.OfKey(attribute.Key)))
            {
                isWhole = false;
                continue;
            }

            if (attribute.Value.Length > ElasticsearchLimits.FlatValueBytesMax)
            {
                isWhole = false;
                if (attribute.Type == AttributeType.Text) json.WriteString(attribute.Key, Head(attribute.Value));
                continue;
            }

            if (attribute.Type == AttributeType.Json && !IsPlain(attribute.Value))
            {
                isWhole = false;
                continue;
            }

            json.WritePropertyName(attribute.Key);
            RecordJson.WriteValue(json, attribute);
        }

        json.WriteEndObject();
        return isWhole;
    }

    private static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= ElasticsearchLimits.FlatKeyBytesMax && key[0] != '.' && key[^1] != '.'
        && key.IndexOf(".."u8) < 0 && !key.Trim(" \t"u8).IsEmpty && key.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0;

    /// <summary>Whether any server takes the JSON as it is: no key twice, no null (which would be lost), no number that
    /// only a text can hold, not too deep.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> value)
    {
        // The reader's bounds are also the server's, and what is read twice here is at most 8 KiB.
        try
        {
            var reader = new Utf8JsonReader(
                value, new JsonReaderOptions { MaxDepth = ElasticsearchLimits.FlatDepthMax });
            var keys = new HashSet<(int Depth, int Object, ulong Key)>();
            Span<int> objects = stackalloc int[ElasticsearchLimits.FlatDepthMax + 1];
            var count = 0;
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        objects[reader.CurrentDepth] = ++count;
                        break;
                    case JsonTokenType.Null:
                        return false;
                    case JsonTokenType.Number when !reader.TryGetInt64(out _) && !IsDouble(ref reader):
                        return false;
                    case JsonTokenType.PropertyName:
                        // An escape could make two spellings of one key.
                        if (reader.ValueIsEscaped || !IsKey(reader.ValueSpan)) return false;
                        var depth = reader.CurrentDepth - 1;
                        if (!keys.Add((depth, objects[depth], TokenHash.OfKey(reader.ValueSpan)))) return false;
                        break;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsDouble(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 32 && reader.TryGetDouble(out var real) && double.IsFinite(real);

    private static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> text)
    {
        var length = ElasticsearchLimits.FlatValueBytesMax;
        while ((text[length] & 0xC0) == 0x80) length--;
        return text[..length];
    }
}
