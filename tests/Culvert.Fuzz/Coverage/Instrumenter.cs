using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Culvert.Fuzz.Coverage;

/// <summary>Copies this program into another folder, with a call of <see cref="CoverageMap.Hit"/> at the begin of each
/// block of code of the assemblies under test.</summary>
internal static class Instrumenter
{
    private static readonly string[] UnderTest = ["Culvert.dll", "Culvert.Collector.dll"];

    public static void CopyTo(string folder)
    {
        var source = AppContext.BaseDirectory;
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!UnderTest.Contains(Path.GetFileName(path))) File.Copy(path, target);
        }

        foreach (var name in UnderTest) Instrument(Path.Combine(source, name), Path.Combine(folder, name));
    }

    private static void Instrument(string source, string target)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(source));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        var reading = new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = true };
        using var assembly = AssemblyDefinition.ReadAssembly(source, reading);
        var hit = assembly.MainModule.ImportReference(typeof(CoverageMap).GetMethod(nameof(CoverageMap.Hit)));
        var blocks = 0;
        foreach (var method in assembly.MainModule.GetTypes().SelectMany(type => type.Methods))
        {
            if (method.HasBody) Instrument(method.Body, hit, ref blocks);
        }

        assembly.Write(target, new WriterParameters { WriteSymbols = true });
    }

    private static void Instrument(MethodBody body, MethodReference hit, ref int blocks)
    {
        body.SimplifyMacros();
        var begins = Begins(body);
        var processor = body.GetILProcessor();
        var replaced = new Dictionary<Instruction, Instruction>();
        foreach (var begin in begins)
        {
            // Neighbours must not have neighbouring numbers, or their edges would collide.
            var number = (int)((uint)++blocks * 2_654_435_761u >> 15);
            var load = processor.Create(OpCodes.Ldc_I4, number);
            processor.InsertBefore(begin, load);
            processor.InsertBefore(begin, processor.Create(OpCodes.Call, hit));
            replaced.Add(begin, load);
        }

        Instruction? New(Instruction? old) => old is null ? null : replaced.GetValueOrDefault(old, old);
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction jump) instruction.Operand = New(jump);
            else if (instruction.Operand is Instruction[] jumps)
                instruction.Operand = Array.ConvertAll(jumps, jump => New(jump)!);
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            (handler.TryStart, handler.TryEnd) = (New(handler.TryStart), New(handler.TryEnd));
            (handler.HandlerStart, handler.HandlerEnd) = (New(handler.HandlerStart), New(handler.HandlerEnd));
            handler.FilterStart = New(handler.FilterStart);
        }

        body.OptimizeMacros();
    }

    private static HashSet<Instruction> Begins(MethodBody body)
    {
        HashSet<Instruction> begins = [body.Instructions[0]];
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction jump) begins.Add(jump);
            if (instruction.Operand is Instruction[] jumps) begins.UnionWith(jumps);
            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is { } next)
                begins.Add(next);
        }

        foreach (var handler in body.ExceptionHandlers) begins.Add(handler.HandlerStart);
        return begins;
    }
}
