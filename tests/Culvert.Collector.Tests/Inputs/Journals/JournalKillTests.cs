using System.Diagnostics;
using System.Globalization;
using Culvert.Journals;

namespace Culvert.Collector.Tests.Inputs.Journals;

/// <summary>Real processes killed with SIGKILL: what a log call returned from is in the spool, once.</summary>
[Trait("system", "linux")]
public sealed class JournalKillTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";

    public JournalKillTests() => Assert.SkipWhen(
        JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    public static TheoryData<string> WriterSteps =>
        [.. Enum.GetValues<JournalStep>().Where(step => step <= JournalStep.Committed).Select(step => step.ToString())];

    public static TheoryData<string> CollectorSteps =>
        [.. Enum.GetValues<JournalStep>().Where(step => step > JournalStep.Committed).Select(step => step.ToString())];

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
    public async Task Journal_WritersKilledAtRandomAndCollectorInAThird_WhatReturnedIsStoredOnce()
    {
        var rounds = IsFull ? 1_000 : 30;
        var seed = Environment.GetEnvironmentVariable("CULVERT_TEST_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var proof = new JournalProof();
        await proof.StartCollectorAsync();
        for (var round = 0; round < rounds; round++)
        {
            var writer = proof.StartLogging(killAfterUs: random.Next(60_000), spills: random.Next(2) == 0);
            if (random.Next(3) == 0)
            {
                var spinFor = TimeSpan.FromMilliseconds(random.Next(200));
                var began = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(began) < spinFor) Thread.Yield();
                proof.KillCollector();
                await proof.CollectorDiedAsync();
                await proof.StartCollectorAsync();
            }

            await JournalProof.WriterDiedAsync(writer);
        }

        await proof.CheckAsync(seed.ToString(CultureInfo.InvariantCulture));
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {proof.RecordsReturned()} calls returned");
        Assert.True(proof.RecordsReturned() > 0);
    }
}
