using System.Diagnostics;
using System.Globalization;
using Culvert.Journals;

namespace Culvert.Collector.Tests.Inputs.Journals;

/// <summary>Real processes killed by SIGKILL or TerminateProcess: what a log call returned from is in the spool,
/// once.</summary>
/// <remarks>Under Wine each program takes a second to start, so fewer are.</remarks>
public sealed class JournalKillTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";

    public JournalKillTests() => Assert.SkipWhen(
        JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    public static TheoryData<string> WriterSteps =>
    [
        .. Enum.GetValues<JournalStep>()
            .Where(step => step is > JournalStep.Described and <= JournalStep.Committed)
            .Select(step => step.ToString()),
    ];

    public static TheoryData<string> CollectorSteps =>
    [
        .. Enum.GetValues<JournalStep>()
            .Where(step => step > JournalStep.Committed)
            .Where(step => IsFull || !OperatingSystem.IsWindows() || step is JournalStep.Zeroed or JournalStep.Drained)
            .Select(step => step.ToString()),
    ];

    [Theory]
    [MemberData(nameof(WriterSteps))]
    public async Task Journal_WriterKilledAtAStep_WhatReturnedIsStoredOnce(string step)
    {
        using var proof = new JournalProof();
        await proof.StartCollectorAsync();
        foreach (var occurrence in (string[])["1", "2", "777", "5000"])
            await JournalProof.WriterDiedAsync(proof.StartWriter("journal-write", step, occurrence));
        await proof.CheckAsync("none");
    }

    [Fact]
    public async Task Journal_WriterKilledWhileItAddsAShape_WhatReturnedIsStoredOnce()
    {
        using var proof = new JournalProof();
        await proof.StartCollectorAsync();
        foreach (var occurrence in (string[])["1", "2", "5", "100"])
            await JournalProof.WriterDiedAsync(proof.StartWriter("journal-write", "Described", occurrence));
        await proof.CheckAsync("none");
    }

    [Theory]
    [MemberData(nameof(CollectorSteps))]
    public async Task Journal_CollectorKilledAtAStep_WhatReturnedIsStoredOnce(string step)
    {
        using var proof = new JournalProof();
        await proof.StartCollectorAsync();
        await JournalProof.WriterDiedAsync(proof.StartWriter("journal-write", "Filled", "3000"));
        proof.KillCollector();
        for (var occurrence = 1; occurrence <= 2; occurrence++)
        {
            // One that writes more than the ring holds, so that the collector must come round.
            var writer = proof.StartWriter("journal-write", "Filled", "6000");
            await proof.StartCollectorAsync(step, occurrence);
            await proof.CollectorDiedAsync();
            await proof.StartCollectorAsync();
            await JournalProof.WriterDiedAsync(writer);
            proof.KillCollector();
        }

        await proof.StartCollectorAsync();
        await proof.CheckAsync("none");
    }

    [Fact]
    public async Task Journal_CollectorKilled_TheNextStartOfAnyRemovesWhatItLeftInMemory()
    {
        using var killed = new JournalProof();
        Assert.SkipWhen(killed.InMemory is null, "This system has no /dev/shm.");
        await killed.StartCollectorAsync();
        Assert.False(Directory.Exists(killed.InMemory), "A collector made a folder that no program asked for.");
        await JournalProof.WriterDiedAsync(killed.StartLogging(killAfterUs: 0, isInMemory: true, spills: false));
        await killed.DrainedAsync();
        killed.KillCollector();
        await killed.CollectorDiedAsync();
        Assert.True(Directory.Exists(killed.InMemory));

        using var other = new JournalProof();
        await other.StartCollectorAsync();

        Assert.False(Directory.Exists(killed.InMemory), $"'{killed.InMemory}' was left behind.");
        other.KillCollector();
    }

    [Fact]
    public async Task Journal_WritersKilledAtRandomAndCollectorInAThird_WhatReturnedIsStoredOnce()
    {
        var rounds = (IsFull, OperatingSystem.IsWindows()) switch
        {
            (true, false) => 1_000,
            (true, true) => 150,
            (false, false) => 30,
            (false, true) => 8,
        };
        var slowness = OperatingSystem.IsWindows() ? 4 : 1;
        var seed = Environment.GetEnvironmentVariable("CULVERT_TEST_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var proof = new JournalProof();
        await proof.StartCollectorAsync();
        for (var round = 0; round < rounds; round++)
        {
            // A journal is full after its program has compiled what it runs.
            var spills = random.Next(2) == 0;
            var lifeUs = random.Next(slowness * (spills ? 250_000 : 150_000));
            var writer = proof.StartLogging(lifeUs, random.Next(2) == 0, spills);
            if (random.Next(3) == 0)
            {
                var spinFor = TimeSpan.FromMilliseconds(random.Next(slowness * 200));
                var began = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(began) < spinFor) Thread.Yield();
                proof.KillCollector();
                await proof.CollectorDiedAsync();
                await proof.StartCollectorAsync();
            }

            await JournalProof.WriterDiedAsync(writer);
        }

        await proof.CheckAsync(seed.ToString(CultureInfo.InvariantCulture));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} rounds, {proof.RecordsReturned()} calls returned, {proof.CollectorsKilled} collectors killed, "
            + $"{proof.Spilled} programs spilled");
        Assert.True(proof.RecordsReturned() > 0 && (proof.Spilled > 0 || rounds < 30));
    }
}
