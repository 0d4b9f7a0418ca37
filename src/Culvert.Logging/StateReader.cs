using System.Reflection;
using System.Runtime.CompilerServices;
using Culvert.Journals;
using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Logging;

/// <summary>Reads the fields of a state without boxing the state: those of Microsoft.Extensions.Logging are structs
/// behind an interface, and boxing one costs 40 bytes a call.</summary>
internal static class StateReader<TState>
{
    private static readonly Action<TState, LogFields>? ReadValues = ValuesReader.TryCreate<TState>();
    private static readonly Action<TState, LogFields>? ReadStruct = Create();
    private static readonly ValuesWriter<TState>? WriteValues = ValuesReader.TryCreateWriter<TState>();
    private static Func<TState, Exception?, string>? _templateFormatter;

    /// <summary>What writes the values of a call alone; null when the formatter says more than its template, or the
    /// state is none of LoggerMessage's or has values that <see cref="ShapedRecordWriter"/> does not take.</summary>
    public static ValuesWriter<TState>? WriterFor(Func<TState, Exception?, string> formatter) =>
        WriteValues is { } write && IsTemplateFormatter(formatter) ? write : null;

    /// <summary>Reads the fields, and returns what all calls like this one share, when that is known: then the template
    /// is there and not among the fields.</summary>
    public static CallShape? Read(TState state, LogFields fields)
    {
        if (ReadValues is not null && TryReadValues(state, fields) is { } shape) return shape;
        if (ReadStruct is not null) ReadStruct(state, fields);
        else StateReader.Read(state, fields);
        return null;
    }

    /// <summary>Whether this formatter renders the template of this state and nothing else: both are those of
    /// Microsoft.Extensions.Logging, which come from LoggerMessage (also generated) and the Log extension
    /// methods.</summary>
    public static bool IsTemplateFormatter(Func<TState, Exception?, string> formatter)
    {
        // There is one such delegate for each state, so it is looked at once. Threads that race write the same.
        if (ReferenceEquals(formatter, _templateFormatter)) return true;
        if (!StateReader.IsOfLogging(typeof(TState)) || !StateReader.IsOfLogging(formatter.Method.DeclaringType))
            return false;
        _templateFormatter = formatter;
        return true;
    }

    private static CallShape? TryReadValues(TState state, LogFields fields)
    {
        ReadValues!(state, fields);
        if (fields.Shape is null && fields.Formatter is { } formatter)
        {
            // The first of these calls: their names are known from here on.
            CallShape.Add(formatter, (IReadOnlyList<KeyValuePair<string, object?>>)state!);
            fields.Clear();
            ReadValues(state, fields);
        }

        if (fields.Shape is { Template: not null } shape && shape.Keys.Length == fields.Count) return shape;
        fields.Clear();
        return null;
    }

    private static Action<TState, LogFields>? Create()
    {
        if (!typeof(TState).IsValueType || !RuntimeFeature.IsDynamicCodeSupported) return null;
        if (!typeof(TState).IsAssignableTo(typeof(IReadOnlyList<KeyValuePair<string, object?>>))) return null;
        return typeof(StateReader).GetMethod(nameof(StateReader.ReadStruct), BindingFlags.Static | BindingFlags.Public)!
            .MakeGenericMethod(typeof(TState)).CreateDelegate<Action<TState, LogFields>>();
    }
}

/// <summary>What does not depend on the state's type.</summary>
internal static class StateReader
{
    /// <summary>One more than a record takes, so that it is marked as truncated.</summary>
    private const int FieldsMax = RecordLimits.AttributeCountMax + 1;

    public static bool IsOfLogging(Type? type) => type?.Assembly == typeof(LoggerMessage).Assembly;

    public static void ReadStruct<T>(T state, LogFields fields)
        where T : struct, IReadOnlyList<KeyValuePair<string, object?>>
    {
        var count = Math.Min(state.Count, FieldsMax);
        for (var i = 0; i < count; i++) Add(fields, state[i]);
    }

    public static void Read(object? source, LogFields fields)
    {
        if (source is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            var count = Math.Min(list.Count, FieldsMax);
            for (var i = 0; i < count; i++) Add(fields, list[i]);
        }
        else if (source is IEnumerable<KeyValuePair<string, object?>> sequence)
        {
            foreach (var field in sequence.Take(FieldsMax)) Add(fields, field);
        }
    }

    private static void Add(LogFields fields, KeyValuePair<string, object?> field) =>
        fields.Add(field.Key, field.Value);
}
