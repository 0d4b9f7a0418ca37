using System.Runtime.CompilerServices;

namespace Culvert.Fuzz.Targets;

/// <summary>What a target checks.</summary>
internal static class Must
{
    public static void Hold(bool condition, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition) throw new BrokenRuleException($"This does not hold: {expression}");
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string? what = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new BrokenRuleException($"{what} is '{actual}' and not '{expected}'.");
    }

    public static void BeSame(
        ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual,
        [CallerArgumentExpression(nameof(actual))] string? what = null)
    {
        if (!expected.SequenceEqual(actual)) throw new BrokenRuleException($"{what} is other bytes than expected.");
    }
}
