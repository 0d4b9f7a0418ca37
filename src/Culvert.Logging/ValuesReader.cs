using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Culvert.Journals;

namespace Culvert.Logging;

/// <summary>
/// Makes code that reads the values of LoggerMessage's states from their fields. Their interface hands a value out as
/// an object, and boxing a number costs 24 bytes a call; the fields are private, so this is the only way that allocates
/// nothing.
/// </summary>
/// <remarks>Where the fields have other names, or code cannot be made at run time, there is no such reader and the
/// interface is used: the same records, with the boxes.</remarks>
internal static class ValuesReader
{
    /// <summary>Fills a list of fields.</summary>
    public static Action<TState, LogFields>? TryCreate<TState>()
    {
        if (!TryFindFields(typeof(TState), out var formatter, out var values)) return null;
        var add = typeof(LogFields).GetMethod(nameof(LogFields.AddValue))!;
        var method = Method("ReadValues", typeof(void), typeof(TState), typeof(LogFields));
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldarga_S, 0);
        code.Emit(OpCodes.Ldfld, formatter);
        code.Emit(OpCodes.Call, typeof(LogFields).GetProperty(nameof(LogFields.Formatter))!.SetMethod!);
        foreach (var value in values)
        {
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldarga_S, 0);
            code.Emit(OpCodes.Ldfld, value);
            code.Emit(OpCodes.Call, add.MakeGenericMethod(value.FieldType));
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<TState, LogFields>>();
    }

    /// <summary>Writes the values as they stand in a journal; null when one is of a type that does not.</summary>
    public static ValuesWriter<TState>? TryCreateWriter<TState>()
    {
        if (!TryFindFields(typeof(TState), out var formatter, out var values)) return null;
        var method = Method(
            "WriteValues", typeof(object), typeof(TState).MakeByRefType(), typeof(ShapedRecordWriter).MakeByRefType());
        var code = method.GetILGenerator();
        foreach (var value in values)
        {
            if (WrittenAs(value.FieldType) is not { } type) return null;
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldfld, value);
            if (type == typeof(long)) code.Emit(value.FieldType == typeof(uint) ? OpCodes.Conv_U8 : OpCodes.Conv_I8);
            code.Emit(OpCodes.Call, typeof(ShapedRecordWriter).GetMethod(nameof(ShapedRecordWriter.Add), [type])!);
        }

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, formatter);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<ValuesWriter<TState>>();
    }

    private static Type? WrittenAs(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.String or TypeCode.Boolean or TypeCode.Double => type,
        TypeCode.Int64 or TypeCode.Int32 or TypeCode.Int16 or TypeCode.SByte => typeof(long),
        TypeCode.UInt32 or TypeCode.UInt16 or TypeCode.Byte => typeof(long),
        _ => null,
    };

    private static bool TryFindFields(
        Type type, [NotNullWhen(true)] out FieldInfo? formatter, [NotNullWhen(true)] out FieldInfo[]? values)
    {
        (formatter, values) = (null, null);
        if (!type.IsValueType || !RuntimeFeature.IsDynamicCodeCompiled || !StateReader.IsOfLogging(type)) return false;
        const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic;
        formatter = type.GetField("_formatter", Fields);
        FieldInfo?[] found =
            [.. type.GetGenericArguments().Select((_, i) => type.GetField($"_value{i}", Fields))];
        if (formatter is null || formatter.FieldType.IsValueType || found.Contains(null)) return false;

        // One that holds more says more, as that of the extension methods does.
        if (type.GetFields(Fields | BindingFlags.Public).Length != found.Length + 1) return false;
        values = found!;
        return true;
    }

    private static DynamicMethod Method(string name, Type result, params Type[] parameters) =>
        new(name, result, parameters, typeof(LogFields).Module, skipVisibility: true);
}
