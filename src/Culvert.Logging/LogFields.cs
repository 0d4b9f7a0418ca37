using System.Runtime.InteropServices;

namespace Culvert.Logging;

/// <summary>The fields of one call, in order. One thread.</summary>
internal sealed class LogFields
{
    private readonly List<LogField> _fields = [];

    /// <summary>The object that all calls of one LoggerMessage have in common, when they were read by
    /// <see cref="StateReader{TState}"/>'s short way.</summary>
    public object? Formatter { get; set; }

    public int Count => _fields.Count;

    public Span<LogField> All => CollectionsMarshal.AsSpan(_fields);

    /// <summary>Called by code that <see cref="ValuesReader"/> makes.</summary>
    public void AddValue<T>(T value) => _fields.Add(LogField.Of("", null, value));

    public void Add(string? key, object? value) => _fields.Add(LogField.Of(key ?? "", value));

    public void RemoveAt(int index) => _fields.RemoveAt(index);

    public void RemoveFrom(int start)
    {
        if (start < _fields.Count) _fields.RemoveRange(start, _fields.Count - start);
    }

    public bool HasKey(int from, string key)
    {
        for (var i = from; i < _fields.Count; i++)
        {
            if (_fields[i].Key == key) return true;
        }

        return false;
    }

    public void Clear()
    {
        Formatter = null;
        _fields.Clear();
    }
}
