namespace Culvert.Collector.Store;

/// <summary>The most frequent values of a field.</summary>
/// <param name="Field">The field, as the query language names it.</param>
/// <param name="Values">The values with their counts, the most frequent first.</param>
/// <param name="Distinct">Different values that were seen.</param>
/// <param name="Sampled">Matching records that were looked at, the newest; counts are of these.</param>
/// <param name="Having">Those of them that have the field.</param>
/// <param name="IsWhole">Whether every match was looked at.</param>
internal sealed record TopValues(
    string Field, IReadOnlyList<ValueCount> Values, int Distinct, long Sampled, long Having, bool IsWhole);

/// <summary>A value as text, and how many records have it.</summary>
internal readonly record struct ValueCount(string Value, long Count);
