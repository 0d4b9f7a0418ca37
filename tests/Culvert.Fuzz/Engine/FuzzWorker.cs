using System.Diagnostics;
using Culvert.Fuzz.Coverage;
using Culvert.Fuzz.Targets;

namespace Culvert.Fuzz.Engine;

/// <summary>Runs one target for a while, in a process of its own; what ends the process is the watcher's to
/// tell.</summary>
internal sealed class FuzzWorker(IFuzzTarget target, WorkerState state, FuzzOptions options)
{
    private readonly Random _random = new(options.Seed);
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _runs;

    /// <summary>Prints a line of what was done; returns 1 when something was found.</summary>
    public int Run()
    {
        var corpus = new Corpus(_random);
        foreach (var input in Beginning())
        {
            if (Try(input) is { } finding) return Tell(finding);
            if (CoverageMap.IsNew() || corpus.Count == 0) corpus.Add(input);
        }

        var mutator = new InputMutator(_random, target.Words);
        while (_time.Elapsed < options.Duration)
        {
            var input = mutator.Change(corpus.Pick(), corpus.Pick());
            if (Try(input) is { } finding) return Tell(finding);
            if (!CoverageMap.IsNew()) continue;
            corpus.Add(input);
            Keep(input);
        }

        var perSecond = (long)(_runs / _time.Elapsed.TotalSeconds);
        Console.WriteLine(
            $"{target.Name,-16}{_runs,12:N0} inputs {perSecond,10:N0}/s {CoverageMap.EdgeCount,7:N0} edges "
            + $"{corpus.Count,6:N0} kept   nothing found");
        return 0;
    }

    private Finding? Try(byte[] input)
    {
        CoverageMap.Begin();
        state.Begin(input, ++_runs);
        return Finding.Try(target, input);
    }

    private int Tell(Finding finding)
    {
        var runs = _runs;
        var small = finding.Shrink(Try);
        var path = small.Save(options.Findings, target.Name);
        Console.WriteLine($"{target.Name}: found after {runs:N0} inputs of seed {options.Seed}; the input of "
            + $"{small.Input.Length} bytes is in {path}.{Environment.NewLine}{small.Problem}");
        return 1;
    }

    private IEnumerable<byte[]> Beginning()
    {
        var kept = Directory.Exists(CorpusFolder) ? Directory.GetFiles(CorpusFolder) : [];
        return target.Seeds.Concat(KnownInputs.Of(target.Name)).Concat(kept.Select(File.ReadAllBytes))
            .Select(input => input.Length > FuzzLimits.InputBytesMax ? input[..FuzzLimits.InputBytesMax] : input);
    }

    private string CorpusFolder => Path.Combine(options.Corpus ?? "", target.Name);

    private void Keep(byte[] input)
    {
        if (options.Corpus is not null) _ = new Finding(input, "", "").Save(CorpusFolder, "input");
    }
}
