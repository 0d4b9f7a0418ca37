using System.Globalization;
using System.Text;
using Culvert.Cli.Bench.Corpus;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>Four programs log while the collector is killed three times: none lost, none twice. With
/// <c>./build.sh test --full</c> it is a million records, whose last result stands in docs/spool.md.</summary>
public sealed class KilledCollectorTests
{
    private const int Kills = 3;
    private const string OwnFiles = "own-files";

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly long RecordsOfEach = IsFull ? 250_000 : 15_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(IsFull ? 20 : 3);

    [Fact]
    public async Task FourPrograms_CollectorKilledThreeTimes_EveryRecordIsStoredOnce()
    {
        await using var collector = new RunningCollector();
        await collector.StartAsync();
        var files = new[] { "s0", "s1" }.Select(name => WriteLines(collector.Folder, name)).ToArray();
        var begin = new TaskCompletionSource();
        var programs = new List<ChildProcess>();
        try
        {
            foreach (var name in (string[])["p0", "p1"])
            {
                programs.Add(ChildProcess.StartSelf(
                    ["bench", "produce", "--to", collector.Endpoint, "--service", name, "--records", Text(
                        RecordsOfEach)],
                    async input =>
                    {
                        await begin.Task;
                        await input.WriteAsync("go\n"u8.ToArray(), TestContext.Current.CancellationToken);
                    }));
                await programs[^1].WaitForLineAsync("ready", RunningCollector.Timeout);
            }

            begin.SetResult();
            foreach (var file in files)
                programs.Add(ChildProcess.StartSelf(
                    "send", "--to", collector.Endpoint, "--service", Path.GetFileName(file), file));
            if (IsFull) programs.Add(SendOwnFiles(collector));
            await KillInBetweenAsync(collector);
            foreach (var program in programs)
            {
                await program.WaitForExitAsync(TestContext.Current.CancellationToken)
                    .WaitAsync(Timeout, TestContext.Current.CancellationToken);
                Assert.True(program.ExitCode == 0, $"A program ended with {program.ExitCode}: {program.LastLines}");
            }
        }
        finally
        {
            begin.TrySetResult();
            foreach (var program in programs) await program.DisposeAsync();
        }

        await AssertExactlyOnceAsync(collector, ["p0", "p1", "s0", "s1"]);
    }

    /// <summary>This machine's own log files, whatever they hold.</summary>
    private static ChildProcess SendOwnFiles(RunningCollector collector)
    {
        string[] files = [.. Directory.EnumerateFiles("/var/log", "*.log", SearchOption.AllDirectories)];
        return ChildProcess.StartSelf(["send", "--to", collector.Endpoint, "--service", OwnFiles, .. files]);
    }

    /// <summary>Kills it each time another quarter of all has arrived.</summary>
    private static async Task KillInBetweenAsync(RunningCollector collector)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var mark = 4 * RecordsOfEach * kill / (Kills + 1);
            while (Spooled(await collector.LedgerAsync()) < mark)
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await collector.KillAsync();
            await collector.StartAsync();
        }
    }

    private static async Task AssertExactlyOnceAsync(RunningCollector collector, string[] names)
    {
        var ledger = await collector.LedgerAsync();
        Assert.True(LedgerText.IsBalanced(ledger), LedgerText.Format(ledger));
        var expected = names.Length * RecordsOfEach;
        var own = await CountAsync(collector, $"service:{OwnFiles}");
        Assert.Equal(expected + own, Spooled(ledger));
        Assert.Equal(expected + own, await CountAsync(collector, ""));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{expected} records made and {own} of this machine's own files.");
        Assert.All(ledger.GetProperty("producers").EnumerateArray(), producer =>
            Assert.Equal(0, producer.GetProperty("lost").GetInt64()));

        var seen = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = collector.OpenReader();
        foreach (var name in names)
        {
            await reader.SearchAsync(
                new SearchTerms($"service:{name}", null, null), 1_000_000,
                (in record) =>
                {
                    var body = Encoding.UTF8.GetString(record.Body);
                    Assert.True(
                        seen.Add(body[..body.IndexOf(' ', StringComparison.Ordinal)]), $"It is there twice: {body}");
                    return true;
                },
                TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, seen.Count);
        foreach (var name in names)
        {
            for (var i = 0L; i < RecordsOfEach; i++) Assert.Contains($"{name}-{i}", seen);
        }

        await collector.StopAsync();
    }

    private static async Task<long> CountAsync(RunningCollector collector, string query)
    {
        await using var reader = collector.OpenReader();
        return await reader.CountAsync(new SearchTerms(query, null, null), TestContext.Current.CancellationToken);
    }

    private static long Spooled(System.Text.Json.JsonElement ledger) =>
        ledger.GetProperty("total").GetProperty("spooled").GetInt64();

    private static string WriteLines(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        var corpus = new LogCorpus(seed: name[1]);
        using var file = new StreamWriter(path);
        for (var i = 0L; i < RecordsOfEach; i++)
        {
            corpus.MoveNext();
            var body = Encoding.UTF8.GetString(corpus.Body).Replace('\n', ' ');
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{name}-{i} {body}\n"));
        }

        return path;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
