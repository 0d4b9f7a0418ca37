using System.CommandLine;
using Culvert.Collector.Configuration;
using Culvert.Fuzz.Engine;
using Culvert.Fuzz.Targets;

// Coverage-guided fuzzing of everything that parses bytes of a peer or of a disk; CONTRIBUTING.md says how to use it.
var names = new Argument<string[]>("target") 
{
    Description = "What to fuzz; everything without it.", Arity = ArgumentArity.ZeroOrMore,
};
var duration = new Option<string>("--for")
{
    Description = "Time for each target, such as 10s or 2h.", DefaultValueFactory = _ => "10s",
};
var seed = new Option<int>("--seed")
{
    Description = "Of the chance; random without it.", DefaultValueFactory = _ => Random.Shared.Next(),
};
var findings = new Option<string>("--findings")
{
    Description = "The folder for inputs that failed.",
    DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz"),
};
var corpus = new Option<string?>("--corpus")
{
    Description = "A folder that keeps inputs worth changing from one run to the next.",
};
var jobs = new Option<int>("--jobs")
{
    Description = "Targets at a time.", DefaultValueFactory = _ => Environment.ProcessorCount,
};
var replay = new Option<string[]>("--replay")
{
    Description = "Runs these inputs alone, in this process.", AllowMultipleArgumentsPerToken = true,
};
var command = new RootCommand(
    $"Fuzzes the parsers of Culvert. Targets: {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}.")
{
    names, duration, seed, findings, corpus, jobs, replay,
};
command.SetAction(async (parsed, _) =>
{
    var chosen = parsed.GetValue(names)!;
    var targets = FuzzTargets.All.Where(target => chosen.Length == 0 || chosen.Contains(target.Name)).ToList();
    if (chosen.FirstOrDefault(name => FuzzTargets.All.All(target => target.Name != name)) is { } unknown)
        return Fail($"there is no target '{unknown}'; there are: "
            + string.Join(", ", FuzzTargets.All.Select(target => target.Name)));
    if (!DurationText.TryParse(parsed.GetValue(duration), out var time))
        return Fail($"--for is '{parsed.GetValue(duration)}', which is no time span such as 10s or 2h");
    var options = new FuzzOptions(
        time, parsed.GetValue(seed), parsed.GetValue(findings)!, parsed.GetValue(corpus), parsed.GetValue(jobs));
    if (FuzzRun.StatePath is { } path)
    {
        using var state = new WorkerState(path);
        return new FuzzWorker(targets.Single(), state, options).Run();
    }

    return parsed.GetValue(replay) is { Length: > 0 } files
        ? Replay(targets, files)
        : await new FuzzRun(options).RunAsync(targets);
});
return await command.Parse(args).InvokeAsync();

static int Replay(List<IFuzzTarget> targets, string[] files)
{
    if (targets.Count > 1) return Fail("--replay needs the name of one target");
    var failures = 0;
    foreach (var file in files)
    {
        var finding = Finding.Try(targets[0], File.ReadAllBytes(file));
        Console.WriteLine($"{file}: {finding?.Problem ?? "nothing is wrong"}");
        if (finding is not null) failures++;
    }

    return failures == 0 ? 0 : 1;
}

static int Fail(string problem)
{
    Console.Error.WriteLine($"fuzz: {problem}.");
    return 2;
}
