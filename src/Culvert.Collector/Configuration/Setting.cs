namespace Culvert.Collector.Configuration;

/// <summary>One setting: what may be written, what holds without it, and what it does.</summary>
/// <param name="Name">The last part of its path: <c>maxSize</c>.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Default">The text that holds when nothing is written; empty is none.</param>
/// <param name="Description">What it does, its unit and range, and the risk of raising it.</param>
internal sealed record Setting(string Name, SettingKind Kind, string Default, string Description)
{
    /// <summary>What may be written, of a <see cref="SettingKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Smallest value: a number, bytes or ticks.</summary>
    public long Min { get; init; }

    /// <summary>Largest value: a number, bytes or ticks.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>Whether it must be written.</summary>
    public bool Required { get; init; }
}
