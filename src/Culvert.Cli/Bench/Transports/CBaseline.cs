using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The same in C, built on the spot and run between two processes: one of the programs in bench/c, which say
/// what they do.</summary>
internal sealed class CBaseline : IDisposable
{
    public const string Sockets = "socket_baseline";
    public const string Memory = "memory_baseline";

    private readonly string _folder;
    private readonly string _program;

    private CBaseline(string folder, string name)
    {
        _folder = folder;
        _program = Path.Combine(folder, name);
    }

    /// <summary>Null, with the reason, where there is no C compiler.</summary>
    public static CBaseline? TryBuild(string name, out string? problem)
    {
        var baseline = new CBaseline(Directory.CreateTempSubdirectory("culvert-bench-").FullName, name);
        var source = Path.Combine(baseline._folder, name + ".c");
        using (var resource = typeof(CBaseline).Assembly.GetManifestResourceStream(name + ".c")!)
        using (var file = File.Create(source))
        {
            resource.CopyTo(file);
        }

        problem = Run("cc", ["-O2", "-o", baseline._program, source], out _);
        if (problem is null) return baseline;
        baseline.Dispose();
        return null;
    }

    /// <summary>The figures that the program prints, or null when it failed.</summary>
    public double[]? Measure(params object[] arguments)
    {
        var texts = arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        return Run(_program, [.. texts], out var output) is null ? FiguresOf(output) : null;
    }

    /// <summary>Numbers with a space between them.</summary>
    public static double[] FiguresOf(string text) =>
        [.. text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs a program to its end: null, or what went wrong.</summary>
    public static string? Run(string program, string[] arguments, out string output)
    {
        output = "";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"'{program}' failed with exit code {process.ExitCode}";
        }
        catch (Win32Exception)
        {
            return $"there is no '{program}' here";
        }
    }
}
