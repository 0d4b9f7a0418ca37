using System.Globalization;
using System.Text;
using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>
/// The origin of records that came through another collector. First what this collector saw itself: its input, and
/// who the relay is (<c>peer.*</c>). Then what the relay says, and only that: its id and name (<c>relay.*</c>), and
/// what it saw of the sender, each key behind <c>relayed.</c>, once more for each collector between.
/// </summary>
internal static class RelayOrigin
{
    /// <summary>The key of the relaying collector's id.</summary>
    public const string CollectorKey = "relay.collector";

    /// <summary>The key of the relaying collector's name.</summary>
    public const string NameKey = "relay.name";

    private static ReadOnlySpan<byte> Prefix => "relayed."u8;

    /// <summary>The text of a collector's id.</summary>
    public static string Text(UInt128 collector) => collector.ToString("x32", CultureInfo.InvariantCulture);

    /// <param name="own">What this collector saw itself, and the relay's id and name.</param>
    /// <param name="told">What the relay says of the sender.</param>
    public static byte[] Encode(IEnumerable<KeyValuePair<string, object?>> own, AttributeList told)
    {
        var buffer = new RecordBuffer(512);
        var origin = AttributeWriter.Begin(buffer);
        foreach (var (key, value) in own) origin.Add(key, value);
        Span<byte> longest = stackalloc byte[RecordLimits.KeyBytesMax];
        Prefix.CopyTo(longest);
        foreach (var attribute in told)
        {
            if (Prefix.Length + attribute.Key.Length > longest.Length) continue;
            attribute.Key.CopyTo(longest[Prefix.Length..]);
            Add(ref origin, longest[..(Prefix.Length + attribute.Key.Length)], attribute);
        }

        origin.End();
        return buffer.Written.ToArray();
    }

    /// <summary>The ids of the collectors that a record came through, as its origin says; the last one first.</summary>
    public static List<string> Path(AttributeList origin)
    {
        var path = new List<string>();
        foreach (var attribute in origin)
        {
            var key = attribute.Key;
            while (key.StartsWith(Prefix)) key = key[Prefix.Length..];
            if (attribute.Type == AttributeType.Text && key.SequenceEqual("relay.collector"u8))
                path.Add(Encoding.UTF8.GetString(attribute.Value));
        }

        return path;
    }

    private static void Add(ref AttributeWriter origin, ReadOnlySpan<byte> key, in AttributeView attribute)
    {
        switch (attribute.Type)
        {
            case AttributeType.Text: origin.Add(key, attribute.Value); break;
            case AttributeType.Int64: origin.Add(key, attribute.Int64); break;
            case AttributeType.Double: origin.Add(key, attribute.Double); break;
            case AttributeType.True: origin.Add(key, value: true); break;
            case AttributeType.False: origin.Add(key, value: false); break;
            case AttributeType.Json: origin.AddJson(key, attribute.Value); break;
            case AttributeType.Bytes: origin.AddBytes(key, attribute.Value); break;
            default: origin.AddNull(key); break;
        }
    }
}
