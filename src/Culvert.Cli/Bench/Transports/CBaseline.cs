using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The same in C, built on the spot: blocking read and write over a Unix socket or TCP between two
/// processes.</summary>
internal sealed class CBaseline : IDisposable
{
    private const string Source = "socket_baseline.c";
    private readonly string _folder;
    private readonly string _program;

    private CBaseline(string folder)
    {
        _folder = folder;
        _program = Path.Combine(folder, "socket_baseline");
    }

    /// <summary>Null, with the reason, where there is no C compiler.</summary>
    public static CBaseline? TryBuild(out string? problem)
    {
        var baseline = new CBaseline(Directory.CreateTempSubdirectory("culvert-bench-").FullName);
        var source = Path.Combine(baseline._folder, Source);
        using (var resource = typeof(CBaseline).Assembly.GetManifestResourceStream(Source)!)
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
    public double[]? Measure(string mode, string family, int size, double seconds)
    {
        var culture = CultureInfo.InvariantCulture;
        string[] arguments = [mode, family, size.ToString(culture), seconds.ToString(culture)];
        if (Run(_program, arguments, out var output) is not null) return null;
        return [.. output.Split(' ', StringSplitOptions.TrimEntries)
            .Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? Run(string program, string[] arguments, out string output)
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
