using System.Text;

namespace Culvert.Records;

/// <summary>The key of an attribute as it stands in a record, for a key that comes again and again: it is encoded
/// once.</summary>
internal sealed class AttributeKey
{
    public AttributeKey(string name)
    {
        Name = name;
        var buffer = new RecordBuffer(Encoding.UTF8.GetMaxByteCount(name.Length) + Varint.BytesMax);
        IsWhole = buffer.WriteString(name, RecordLimits.KeyBytesMax);
        Encoded = buffer.Written.ToArray();
    }

    public string Name { get; }

    /// <summary>Its length and its bytes.</summary>
    public byte[] Encoded { get; }

    /// <summary>False for one over the limit, which was cut.</summary>
    public bool IsWhole { get; }
}
