using System.Security.Cryptography;
using Culvert.Fuzz.Targets;

namespace Culvert.Fuzz.Engine;

/// <summary>An input that a parser failed on.</summary>
/// <param name="Input">The bytes.</param>
/// <param name="Problem">What happened, for a person.</param>
/// <param name="Kind">Tells this failure from others: the exception and where it came from.</param>
internal sealed record Finding(byte[] Input, string Problem, string Kind)
{
    /// <summary>Runs a target; null when nothing is wrong.</summary>
    public static Finding? Try(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception exception)
        {
            var lines = exception.StackTrace?.Split('\n') ?? [];
            var place = lines.FirstOrDefault(line => !line.Contains("Must.", StringComparison.Ordinal)) ?? "";
            return new Finding(input, exception.ToString(), exception.GetType().Name + place);
        }
    }

    /// <summary>The same failure with less input: parts are left out as long as it stays.</summary>
    public Finding Shrink(Func<byte[], Finding?> run)
    {
        var (best, runs) = (this, 0);
        for (var part = Input.Length / 2; part > 0; part /= 2)
        {
            for (var at = 0; at < best.Input.Length && runs < FuzzLimits.ShrinkRunsMax; runs++)
            {
                byte[] less = [.. best.Input[..at], .. best.Input[Math.Min(at + part, best.Input.Length)..]];
                if (run(less) is { } found && found.Kind == Kind) best = found;
                else at += part;
            }
        }

        return best;
    }

    /// <summary>Writes the input into a folder; returns the path.</summary>
    public string Save(string folder, string target)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{target}-{Convert.ToHexStringLower(SHA256.HashData(Input))[..12]}");
        File.WriteAllBytes(path, Input);
        return path;
    }
}
