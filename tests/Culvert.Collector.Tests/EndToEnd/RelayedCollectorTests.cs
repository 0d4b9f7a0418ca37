using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>Three agents relay into one central collector, each a process of its own, and any of the four is killed
/// again and again: none lost, none twice, in order. With <c>./build.sh test --full</c> it is 600,000 records, whose
/// last result stands in docs/scale-out.md.</summary>
public sealed class RelayedCollectorTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly int Kills = IsFull ? 12 : 4;
    private static readonly long RecordsOfEach = IsFull ? 200_000 : 6_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(IsFull ? 20 : 3);

    [Fact]
    public async Task ThreeAgents_AnyCollectorKilled_EveryRecordIsThereOnceInOrder()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Text(seed)}");
        await using var central = new Machine("central", relaysTo: null);
        await using var one = new Machine("a0", central.Endpoint);
        await using var two = new Machine("a1", central.Endpoint);
        await using var three = new Machine("a2", central.Endpoint);
        Machine[] agents = [one, two, three], all = [central, .. agents];
        foreach (var machine in all) await machine.StartAsync();
        var programs = new List<ChildProcess>();
        try
        {
            foreach (var agent in agents) programs.Add(await ProduceAsync(agent));
            await KillInBetweenAsync(central, all, new Random(seed));
            foreach (var program in programs)
            {
                await program.WaitForExitAsync(TestContext.Current.CancellationToken)
                    .WaitAsync(Timeout, TestContext.Current.CancellationToken);
                Assert.True(program.ExitCode == 0, $"A program ended with {program.ExitCode}: {program.LastLines}");
            }
        }
        finally
        {
            foreach (var program in programs) await program.DisposeAsync();
        }

        foreach (var agent in agents) await agent.DeliveredAsync();
        await AssertExactlyOnceAsync(central, agents);
        foreach (var machine in all) await machine.Collector.StopAsync();
    }

    private static async Task<ChildProcess> ProduceAsync(Machine agent)
    {
        var program = ChildProcess.StartSelf(
            ["bench", "produce", "--to", agent.Endpoint, "--service", agent.Name, "--records", Text(RecordsOfEach)],
            async input => await input.WriteAsync("go\n"u8.ToArray(), TestContext.Current.CancellationToken));
        await program.WaitForLineAsync("ready", RunningCollector.Timeout);
        return program;
    }

    /// <summary>Kills one of them, at random, each time another part of all has arrived.</summary>
    private static async Task KillInBetweenAsync(Machine central, Machine[] all, Random random)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var mark = 3 * RecordsOfEach * kill / (Kills + 1);
            while (Spooled(await central.Collector.LedgerAsync()) < mark)
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var victim = kill == 1 ? central : all[random.Next(all.Length)];
            await victim.Collector.KillAsync();
            await victim.StartAsync();
        }
    }

    private static async Task AssertExactlyOnceAsync(Machine central, Machine[] agents)
    {
        var ledger = await central.Collector.LedgerAsync();
        Assert.True(LedgerText.IsBalanced(ledger), LedgerText.Format(ledger));
        Assert.Equal(3 * RecordsOfEach, Spooled(ledger));
        Assert.All(ledger.GetProperty("producers").EnumerateArray(), producer => Assert.Equal(
            (RecordsOfEach, RecordsOfEach, 0L), (Number(producer, "produced"), Number(producer, "received"),
                Number(producer, "lost"))));
        foreach (var agent in agents)
        {
            var own = await agent.Collector.LedgerAsync();
            Assert.True(LedgerText.IsBalanced(own), LedgerText.Format(own));
            Assert.Equal(RecordsOfEach, Spooled(own));
            Assert.Equal(RecordsOfEach, Number(Relayed(own), "stored"));
        }

        await using var reader = central.Collector.OpenReader();
        foreach (var agent in agents)
        {
            var found = new List<(ulong Position, long Number)>();
            await reader.SearchAsync(
                new SearchTerms($"service:{agent.Name}", null, null), 1_000_000,
                (in record) =>
                {
                    var body = Encoding.UTF8.GetString(record.Body);
                    var number = body[(agent.Name.Length + 1)..body.IndexOf(' ', StringComparison.Ordinal)];
                    found.Add((record.Position, long.Parse(number, CultureInfo.InvariantCulture)));
                    return true;
                },
                TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);
            Assert.Equal(
                Enumerable.Range(0, (int)RecordsOfEach).Select(i => (long)i),
                found.OrderBy(record => record.Position).Select(record => record.Number));
        }
    }

    private static JsonElement Relayed(JsonElement ledger) =>
        ledger.GetProperty("outputs").EnumerateArray().Single(output => output.GetProperty("name").GetString() == "up");

    private static long Spooled(JsonElement ledger) => Number(ledger.GetProperty("total"), "spooled");

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A collector with its configuration.</summary>
    private sealed class Machine(string name, string? relaysTo) : IAsyncDisposable
    {
        public string Name => name;

        public RunningCollector Collector { get; } = new();

        public string Endpoint => $"unix://{Collector.Folder}/relay.sock";

        public async Task StartAsync()
        {
            var file = Path.Combine(Collector.Folder, "culvert.json");
            await File.WriteAllTextAsync(file, relaysTo is null
                ? $$"""
                {
                  "inputs": { "in": { "type": "listen", "endpoint": "{{Endpoint}}", "relay": true } },
                  "outputs": { "store": { "type": "store" } }
                }
                """
                : $$"""
                {
                  "inputs": { "in": { "type": "listen", "endpoint": "{{Endpoint}}" } },
                  "outputs": { "up": { "type": "collector", "endpoint": "{{relaysTo}}" } }
                }
                """, TestContext.Current.CancellationToken);
            await Collector.StartAsync("--config", file);
        }

        public async Task DeliveredAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var limit = new CancellationTokenSource(Timeout);
            while (Number(Relayed(await Collector.LedgerAsync()), "waiting") > 0)
                await timer.WaitForNextTickAsync(limit.Token);
        }

        public ValueTask DisposeAsync() => Collector.DisposeAsync();
    }
}
