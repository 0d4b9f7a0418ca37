namespace Culvert.Records;

/// <summary>The attributes of a resource or record, in the memory of their batch; read with foreach.</summary>
internal readonly ref struct AttributeList
{
    private AttributeList(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> attributes, int count)
    {
        Encoded = encoded;
        Attributes = attributes;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The attributes alone, one behind another.</summary>
    public ReadOnlySpan<byte> Attributes { get; }

    /// <summary>The list as it was written, its length included: it can be written again as it is.</summary>
    public ReadOnlySpan<byte> Encoded { get; }

    /// <summary>Reads a list that the project wrote itself.</summary>
    public static AttributeList Read(ReadOnlySpan<byte> encoded)
    {
        var position = 0;
        return TryRead(encoded, ref position, out var list)
            ? list
            : throw new InvalidDataException("An attribute list is damaged.");
    }

    /// <summary>Reads the frame of a list; the attributes are checked one by one as they are enumerated.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, scoped ref int position, out AttributeList list)
    {
        list = default;
        var start = position;
        if (!RecordBytes.TryReadString(source, ref position, RecordLimits.RecordBytesMax, out var content))
            return false;
        var at = 0;
        if (!RecordBytes.TryReadCount(content, ref at, RecordLimits.AttributeCountMax, out var count)) return false;
        list = new AttributeList(source[start..position], content[at..], count);
        return true;
    }

    public Enumerator GetEnumerator() => new(Attributes, Count);

    public bool TryFind(ReadOnlySpan<byte> key, out AttributeView attribute)
    {
        foreach (var candidate in this)
        {
            if (!candidate.Key.SequenceEqual(key)) continue;
            attribute = candidate;
            return true;
        }

        attribute = default;
        return false;
    }

    /// <summary>Whether every attribute can be read and nothing stands behind the last.</summary>
    public bool IsValid()
    {
        var enumerator = GetEnumerator();
        var count = 0;
        while (enumerator.MoveNext())
        {
            count++;
            var value = enumerator.Current;
            if (!System.Text.Unicode.Utf8.IsValid(value.Key)) return false;
            if (value.Type is not AttributeType.Bytes && !System.Text.Unicode.Utf8.IsValid(value.Value)) return false;
        }

        return count == Count && enumerator.IsAtEnd;
    }

    internal ref struct Enumerator(ReadOnlySpan<byte> attributes, int count)
    {
        private readonly ReadOnlySpan<byte> _attributes = attributes;
        private AttributeView _current;
        private int _position;
        private int _left = count;

        public readonly AttributeView Current => _current;

        public readonly bool IsAtEnd => _position == _attributes.Length;

        public bool MoveNext() => _left-- > 0 && AttributeView.TryRead(_attributes, ref _position, out _current);
    }
}
