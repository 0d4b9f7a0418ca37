namespace Culvert.Fuzz.Engine;

/// <summary>How to fuzz.</summary>
/// <param name="Duration">Time for each target.</param>
/// <param name="Seed">Of the chance; the same seed tries the same inputs, as far as time allows.</param>
/// <param name="Findings">The folder for inputs that failed.</param>
/// <param name="Corpus">The folder in which inputs that found new ways are kept for the next run, or null.</param>
/// <param name="Jobs">Targets at a time.</param>
internal sealed record FuzzOptions(TimeSpan Duration, int Seed, string Findings, string? Corpus, int Jobs);
