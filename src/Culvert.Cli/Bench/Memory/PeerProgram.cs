using System.Globalization;
using System.Text.Json;
using Culvert.Cli.Bench.Transports;

namespace Culvert.Cli.Bench.Memory;

/// <summary>A benchmark of another library, which starts its own second process, checks its answers and prints one line
/// of JSON.</summary>
internal sealed class PeerProgram(string path)
{
    /// <summary>Null, with the reason on standard error, where it is not.</summary>
    public static PeerProgram? TryFind(string? folder, string name)
    {
        if (folder is null) return null;
        var path = Path.Combine(folder, name, $"{name}-bench");
        if (File.Exists(path)) return new PeerProgram(path);
        Console.Error.WriteLine($"No {name}: there is no '{path}'.");
        return null;
    }

    /// <summary>The figures of these names, or null when the program failed.</summary>
    public double[]? Measure(string mode, int size, double seconds, string[] more, params string[] figures)
    {
        var culture = CultureInfo.InvariantCulture;
        string[] arguments = [mode, "--size", size.ToString(culture), "--seconds", seconds.ToString(culture), .. more];
        if (CBaseline.Run(path, arguments, out var output) is { } problem)
        {
            Console.Error.WriteLine($"No figure: {problem}.");
            return null;
        }

        using var json = JsonDocument.Parse(output);
        return [.. figures.Select(name => json.RootElement.GetProperty(name).GetDouble())];
    }
}
