namespace Culvert.Cli.Reading;

/// <summary>What is searched for.</summary>
/// <param name="Query">In the query language.</param>
/// <param name="From">Earliest time, as a person writes it, or null.</param>
/// <param name="To">Time before which, or null.</param>
internal sealed record SearchTerms(string Query, string? From, string? To);
