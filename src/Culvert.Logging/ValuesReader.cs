using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

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
    public static Action<TState, LogFields>? TryCreate<TState>()
    {
        var type = typeof(TState);
        if (!type.IsValueType || !type.IsGenericType || !RuntimeFeature.IsDynamicCodeCompiled
            || !StateReader.IsOfLogging(type)) return null;
        const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic;
        var count = type.GetGenericArguments().Length;
        var formatter = type.GetField("_formatter", Fields);
        FieldInfo?[] values = [.. Enumerable.Range(0, count).Select(i => type.GetField($"_value{i}", Fields))];
        if (formatter is null || formatter.FieldType.IsValueType || values.Contains(null)) return null;
        return Create<TState>(formatter, values!);
    }

    private static Action<TState, LogFields> Create<TState>(FieldInfo formatter, FieldInfo[] values)
    {
        var add = typeof(LogFields).GetMethod(nameof(LogFields.AddValue))!;
        var method = new DynamicMethod(
            "ReadValues", typeof(void), [typeof(TState), typeof(LogFields)], typeof(LogFields).Module,
            skipVisibility: true);
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
}
