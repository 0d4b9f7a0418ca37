using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Culvert.Records;

namespace Culvert.Logging;

/// <summary>What all calls of one LoggerMessage share: the names of their fields and the template.</summary>
internal sealed class CallShape
{
    /// <summary>There is one for each LoggerMessage of the program; one that makes its own at run time must not fill
    /// the memory.</summary>
    private const int KeptMax = 4_096;

    private static readonly ConcurrentDictionary<object, CallShape> Known = new(ByReference.Instance);

    [ThreadStatic]
    private static (object? Formatter, CallShape? Shape) _last;

    private RecordNames? _names;

    private CallShape(IReadOnlyList<KeyValuePair<string, object?>> state)
    {
        var last = state[^1];
        Template = last.Key == LogAttributes.OriginalFormat && last.Value is string text
            ? MessageTemplate.Of(text)
            : null;
        Keys = [.. state.Take(state.Count - 1).Select(field => new AttributeKey(field.Key))];
    }

    /// <summary>Null when the state does not end with its template: then it is read the slow way.</summary>
    public MessageTemplate? Template { get; }

    public AttributeKey[] Keys { get; }

    public static CallShape? Find(object formatter)
    {
        // A thread mostly logs the same thing again.
        if (ReferenceEquals(_last.Formatter, formatter)) return _last.Shape;
        if (!Known.TryGetValue(formatter, out var shape)) return null;
        _last = (formatter, shape);
        return shape;
    }

    public static CallShape Add(object formatter, IReadOnlyList<KeyValuePair<string, object?>> state)
    {
        if (Known.Count >= KeptMax) Known.Clear();
        return Known[formatter] = new CallShape(state);
    }

    /// <summary>Template and names of these calls, encoded. Null where the template is not known, and for a second
    /// category that the same calls are made with: they have room for one.</summary>
    public RecordNames? Names(byte[] category, string? eventName)
    {
        if (_names is { } names)
            return ReferenceEquals(names.Logger, category) && names.EventName == eventName ? names : null;

        // Threads that race make the same.
        return Template is null ? null : _names = new RecordNames(Template.Utf8, category, eventName);
    }

    private sealed class ByReference : IEqualityComparer<object>
    {
        public static ByReference Instance { get; } = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y);

        int IEqualityComparer<object>.GetHashCode(object formatter) => RuntimeHelpers.GetHashCode(formatter);
    }
}
