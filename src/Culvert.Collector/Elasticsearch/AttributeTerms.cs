using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Text;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>Gives the terms of an attribute list: of a record, a resource or an origin. Reused; one thread.</summary>
/// <remarks>Which attribute a path means is decided here, as <see cref="Field"/> decides it: the attribute of exactly
/// that key, else the JSON attribute with the longest key that the path begins with.</remarks>
internal sealed class AttributeTerms(DocumentTerms terms) : JsonPaths.IVisitor
{
    private static readonly HashSet<string> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "service", "host", "pid", "exe", "user", "input", "logger", "event",
    };

    private readonly JsonPaths _json = new();
    private readonly HashSet<ulong> _seen = [];
    private readonly HashSet<ulong> _shadows = [];
    private byte[] _name = new byte[256];
    private int _prefixLength;
    private bool _isRecord;
    private int _leafCount;

    /// <param name="prefix">Of the full names: <c>attributes.</c>, <c>resource.</c>, <c>origin.</c>.</param>
    /// <param name="list">The attributes.</param>
    /// <param name="isRecord">Whether they are a record's: these are found by words alone.</param>
    public void Add(ReadOnlySpan<byte> prefix, AttributeList list, bool isRecord)
    {
        (_prefixLength, _isRecord) = (prefix.Length, isRecord);
        _seen.Clear();
        foreach (var attribute in list)
        {
            var name = Name(prefix, attribute.Key);
            if (isRecord && attribute.Type != AttributeType.Json) terms.AddAttributeWords(FieldValue.Of(attribute));
            // Of two attributes with one key the first counts.
            var isFirst = _seen.Add(TokenHash.OfKey(attribute.Key));
            if (attribute.Type == AttributeType.Null) continue;
            if (attribute.Type != AttributeType.Json)
            {
                if (isFirst) terms.AddField(name, FieldValue.Of(attribute), withFolded: IsFolded(name));
                continue;
            }

            if (isFirst) terms.AddKey(Name(prefix, attribute.Key, "."u8));
            FindShadows(list, attribute.Key);
            _leafCount = isFirst ? 0 : ElasticsearchLimits.JsonLeafCountMax;
            _json.Walk(Name(prefix, attribute.Key), attribute.Value, this);
        }
    }

    void JsonPaths.IVisitor.Visit(ReadOnlySpan<byte> path, ReadOnlySpan<int> ends, scoped in FieldValue value)
    {
        if (_isRecord) terms.AddAttributeWords(value);
        if (_leafCount++ >= ElasticsearchLimits.JsonLeafCountMax) return;
        for (var i = 0; i < ends.Length; i++)
        {
            var name = path[..ends[i]];
            if (i > 0 && (ends[0] == _prefixLength || IsShadowed(name, ends[0]))) continue;
            terms.AddField(name, value, withFolded: IsFolded(name));
        }
    }

    private bool IsFolded(ReadOnlySpan<byte> name)
    {
        if (!_isRecord) return true;
        var key = name[_prefixLength..];
        return key.Length <= 7 && ShortNames.Contains(System.Text.Encoding.UTF8.GetString(key));
    }

    /// <summary>Other attributes that come before what lies under this one: their key begins with this one and a
    /// point.</summary>
    private void FindShadows(AttributeList list, ReadOnlySpan<byte> key)
    {
        _shadows.Clear();
        foreach (var other in list)
        {
            if (other.Type == AttributeType.Null || other.Key.Length <= key.Length + 1) continue;
            if (!other.Key.StartsWith(key) || other.Key[key.Length] != '.') continue;
            // A JSON attribute also comes before all that lies under its own name.
            _shadows.Add(TokenHash.OfKey(other.Key));
            if (other.Type == AttributeType.Json) _shadows.Add(~TokenHash.OfKey(other.Key));
        }
    }

    private bool IsShadowed(ReadOnlySpan<byte> name, int from)
    {
        if (_shadows.Count == 0) return false;
        if (_shadows.Contains(TokenHash.OfKey(name[_prefixLength..]))) return true;
        for (var at = from + 1; at < name.Length - 1; at++)
        {
            if (name[at] == '.' && _shadows.Contains(~TokenHash.OfKey(name[_prefixLength..at]))) return true;
        }

        return false;
    }

    private ReadOnlySpan<byte> Name(
        ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, ReadOnlySpan<byte> suffix = default)
    {
        var length = prefix.Length + key.Length + suffix.Length;
        if (_name.Length < length) _name = new byte[length * 2];
        prefix.CopyTo(_name);
        key.CopyTo(_name.AsSpan(prefix.Length));
        suffix.CopyTo(_name.AsSpan(prefix.Length + key.Length));
        return _name.AsSpan(0, length);
    }
}
