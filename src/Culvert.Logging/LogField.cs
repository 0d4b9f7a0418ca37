using System.Runtime.CompilerServices;
using Culvert.Records;

namespace Culvert.Logging;

/// <summary>One field of a log call, its value unboxed where it is of a common type.</summary>
internal readonly struct LogField
{
    private readonly long _bits;

    private LogField(string key, AttributeKey? encodedKey, LogFieldKind kind, long bits, object? value) =>
        (Key, EncodedKey, Kind, _bits, Value) = (key, encodedKey, kind, bits, value);

    public string Key { get; }

    /// <summary>The same, encoded, where the call's shape is known.</summary>
    public AttributeKey? EncodedKey { get; }

    public LogFieldKind Kind { get; }

    /// <summary>What has no kind of its own, or the text.</summary>
    public object? Value { get; }

    public long Int64 => _bits;

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    public bool Boolean => _bits != 0;

    public static LogField Of(string key, object? value) => value switch
    {
        int number => Of(key, null, number),
        long number => Of(key, null, number),
        double number => Of(key, null, number),
        bool flag => Of(key, null, flag),
        string text => Of(key, null, text),
        _ => new LogField(key, null, LogFieldKind.Object, 0, value),
    };

    /// <summary>For each type of value the compiler leaves one line of this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LogField Of<T>(string key, AttributeKey? encodedKey, T value)
    {
        if (typeof(T) == typeof(int))
            return new LogField(key, encodedKey, LogFieldKind.Int64, (int)(object)value!, null);
        if (typeof(T) == typeof(long))
            return new LogField(key, encodedKey, LogFieldKind.Int64, (long)(object)value!, null);
        if (typeof(T) == typeof(bool))
            return new LogField(key, encodedKey, LogFieldKind.Boolean, (bool)(object)value! ? 1 : 0, null);
        if (typeof(T) == typeof(double))
        {
            var bits = BitConverter.DoubleToInt64Bits((double)(object)value!);
            return new LogField(key, encodedKey, LogFieldKind.Double, bits, null);
        }

        return new LogField(key, encodedKey, value is string ? LogFieldKind.Text : LogFieldKind.Object, 0, value);
    }

    /// <summary>The same field with a text in the place of its value.</summary>
    public LogField With(string text) => new(Key, EncodedKey, LogFieldKind.Text, 0, text);

    /// <summary>The same field with a list in the place of its value.</summary>
    public LogField With(object?[] list) => new(Key, EncodedKey, LogFieldKind.Object, 0, list);
}
