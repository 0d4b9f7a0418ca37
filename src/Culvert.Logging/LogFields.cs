namespace Culvert.Logging;

/// <summary>The fields of one call, in order. One thread.</summary>
internal sealed class LogFields
{
    private LogField[] _fields = new LogField[8];

    /// <summary>What all calls of the LoggerMessage have in common whose values are read by
    /// <see cref="StateReader{TState}"/>'s short way, once it is known.</summary>
    public CallShape? Shape { get; private set; }

    /// <summary>The object that all calls of one LoggerMessage share. Set by code that <see cref="ValuesReader"/>
    /// makes, before the values.</summary>
    public object? Formatter
    {
        get;
        set
        {
            field = value;
            Shape = value is null ? null : CallShape.Find(value);
        }
    }

    public int Count { get; private set; }

    public Span<LogField> All => _fields.AsSpan(0, Count);

    /// <summary>Called by code that <see cref="ValuesReader"/> makes. Without a shape the field has no name.</summary>
    public void AddValue<T>(T value)
    {
        var key = Shape is { } shape && (uint)Count < (uint)shape.Keys.Length ? shape.Keys[Count] : null;
        Next() = LogField.Of(key?.Name ?? "", key, value);
    }

    public void Add(string? key, object? value) => Next() = LogField.Of(key ?? "", value);

    public void RemoveAt(int index)
    {
        _fields.AsSpan(index + 1, Count - index - 1).CopyTo(_fields.AsSpan(index));
        RemoveFrom(Count - 1);
    }

    public void RemoveFrom(int start)
    {
        if (start >= Count) return;
        All[start..].Clear();
        Count = start;
    }

    public bool HasKey(int from, string key)
    {
        for (var i = from; i < Count; i++)
        {
            if (_fields[i].Key == key) return true;
        }

        return false;
    }

    public void Clear()
    {
        Formatter = null;
        RemoveFrom(0);
    }

    private ref LogField Next()
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, Count * 2);
        return ref _fields[Count++];
    }
}
