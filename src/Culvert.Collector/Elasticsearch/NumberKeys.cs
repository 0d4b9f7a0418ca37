using System.Text;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Which numeric attributes have a field of their own under <c>numbers</c> in one index: the first 500 keys. The rest
/// are counted, and some of them named. Any thread.
/// </summary>
internal sealed class NumberKeys
{
    private const int NameCountMax = 10;

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _keys = [];
    private readonly HashSet<ulong> _leftOut = [];
    private readonly List<string> _names = [];
    private int _toldAt = 1;

    /// <summary>Whether there are keys without a field that nobody was told of: the first, and then twice as many as
    /// last time. They are told apart up to the first 10,000, and the first ten are named.</summary>
    public bool TakeNews(out int count, out string names)
    {
        lock (_gate)
        {
            (count, names) = (_leftOut.Count, "");
            if (count < _toldAt) return false;
            _toldAt = count * 2;
            names = string.Join(", ", _names);
            return true;
        }
    }

    /// <summary>Whether the key has a field, or may have one from now on.</summary>
    /// <param name="name">As <see cref="Name"/> gives it.</param>
    public bool TryAdmit(ReadOnlySpan<byte> name)
    {
        var hash = TokenHash.OfKey(name);
        lock (_gate)
        {
            if (_keys.Contains(hash)) return true;
            if (_keys.Count < ElasticsearchLimits.NumberKeyCountMax) return _keys.Add(hash);
            if (_leftOut.Count >= ElasticsearchLimits.NumberKeysLeftOutMax || !_leftOut.Add(hash)) return false;
            if (_names.Count < NameCountMax) _names.Add(Encoding.UTF8.GetString(name));
            return false;
        }
    }

    /// <summary>The name of an attribute's field: a point would make an object, which could stand where another
    /// attribute is a number, so it becomes a hyphen, and a hyphen two. 0 where the key can be no name.</summary>
    public static int Name(ReadOnlySpan<byte> key, Span<byte> name)
    {
        if (key.Length is 0 or > ElasticsearchLimits.NumberKeyBytesMax) return 0;
        var length = 0;
        foreach (var value in key)
        {
            if (value is <= 0x20 or (byte)'*' or (byte)'"' or (byte)'\\' or 0x7F) return 0;
            name[length++] = value == '.' ? (byte)'-' : value;
            if (value == '-') name[length++] = value;
        }

        return length;
    }
}
