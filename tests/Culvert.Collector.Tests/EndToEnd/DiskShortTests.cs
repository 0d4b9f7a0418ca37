using System.Net.Sockets;
using System.Text.Json;
using Culvert.Cli.Reading;
using Culvert.Logging;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>Programs log while the disk of the collector runs short: what is dropped first, who counts it, and what
/// comes through. docs/spool.md, "A full disk", is what is promised.</summary>
public sealed class DiskShortTests
{
    private const long MinFree = 4 << 20;
    private const int Each = 200;
    private const int Flood = 20_000;

    [Fact]
    public async Task DiskShort_ProgramAndPlainLines_DebugGoesBeforeErrorAndEveryDropIsCountedByLevel()
    {
        await using var collector = new RunningCollector();
        await using var disk = await SmallDisk.MountAsync(collector, "64m");
        await collector.StartAsync("--config", await SmallDisk.ConfigureAsync(collector, "4MiB"));
        await using var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Endpoint = collector.Endpoint, Service = "shop", BufferBytes = 256 * 1024,
        });
        using var factory = new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        var program = new Program(collector, provider, factory.CreateLogger("Shop"));

        // Four levels of pressure, as the table in docs/spool.md has them.
        await program.LogAllAsync("plenty", trace: Each, info: Each, warn: Each, error: Each);
        disk.Fill(MinFree * 7 / 2);
        await program.UntilShedAsync("debug", LogLevel.Debug);
        await program.LogAllAsync("debugless", trace: 0, info: Each, warn: Each, error: Each);
        disk.Fill(MinFree * 5 / 2);
        await program.UntilShedAsync("info", LogLevel.Information);
        await program.LogAllAsync("infoless", trace: 0, info: 0, warn: Each, error: Each);
        disk.Fill(MinFree * 3 / 2);
        await program.UntilShedAsync("warn", LogLevel.Warning);
        await program.LogAllAsync("warnless", trace: 0, info: 0, warn: 0, error: Each);
        await program.LinesAsync("DEBUG plaindebug", "ERROR plainerror");
        Assert.Equal(0, await program.CountAsync("plaindebug"));

        // Nothing is taken any more: the program's own buffer decides, and keeps its last quarter for what matters.
        disk.Fill();
        await StartedCollector.UntilAsync(program.IsRefusingAsync, "not ready");
        for (var i = 0; i < Flood; i++) program.Logger.LogDebug("flood {Number}", i);
        for (var i = 0; i < Each; i++) program.Logger.LogError("survivor {Number}", i);
        Assert.Equal(Each, await program.CountAsync("warnless level:error"));
        Assert.Equal(0, await program.CountAsync("survivor"));

        disk.MakeRoom();
        Assert.True(await provider.FlushAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken));
        await program.LogAllAsync("again", trace: Each, info: Each, warn: Each, error: Each);
        Assert.Equal(Each, await program.CountAsync("survivor"));

        await program.AssertLedgerAsync();
        var before = (await collector.LedgerAsync()).GetProperty("shedByLevel").GetRawText();
        await collector.StopAsync();

        // The counts are saved with the checkpoint.
        var (_, stats) = await RunningCollector.RunToolAsync("stats", "--json", "--data", collector.DataFolder);
        using var saved = JsonDocument.Parse(stats);
        Assert.Equal(before, saved.RootElement.GetProperty("shedByLevel").GetRawText());
    }

    /// <summary>A program that logs, and what it asks of the collector.</summary>
    private sealed class Program(RunningCollector collector, CulvertLoggerProvider provider, ILogger logger)
    {
        public ILogger Logger => logger;

        /// <summary>Logs so many of each level, and finds as many of each as are to be taken.</summary>
        public async Task LogAllAsync(string word, int trace, int info, int warn, int error)
        {
            for (var i = 0; i < Each; i++)
            {
                logger.LogTrace("{Word} {Number}", word, i);
                logger.LogInformation("{Word} {Number}", word, i);
                logger.LogWarning("{Word} {Number}", word, i);
                logger.LogError("{Word} {Number}", word, i);
            }

            Assert.True(await provider.FlushAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken));
            Assert.Equal(
                (trace, info, warn, error),
                (await CountAsync($"{word} level:trace"), await CountAsync($"{word} level:info"),
                    await CountAsync($"{word} level:warn"), await CountAsync($"{word} level:error")));
        }

        /// <summary>Logs at a level until one is shed: the free space is looked at every second.</summary>
        public Task UntilShedAsync(string name, LogLevel level) => StartedCollector.UntilAsync(
            async () =>
            {
                logger.Log(level, "waiting");
                await provider.FlushAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken);
                var ledger = await collector.LedgerAsync();
                return ledger.GetProperty("shedByLevel").GetProperty(name).GetInt64() > 0;
            },
            $"{name} is shed");

        /// <summary>Sends lines by a plain socket, of which the last is to be found.</summary>
        public async Task LinesAsync(params string[] lines)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(
                new UnixDomainSocketEndPoint(collector.SocketPath), TestContext.Current.CancellationToken);
            await StartedCollector.SendAsync(socket, StartedCollector.Utf8(string.Join('\n', lines) + "\n"));
            var last = lines[^1].Split(' ')[^1];
            await StartedCollector.UntilAsync(async () => await CountAsync(last) == 1, $"{last} found");
        }

        public async Task<int> CountAsync(string query)
        {
            await using var reader = collector.OpenReader();
            return (int)await reader.CountAsync(
                new SearchTerms(query, null, null), TestContext.Current.CancellationToken);
        }

        public async Task<bool> IsRefusingAsync()
        {
            using var client = new HttpClient { BaseAddress = collector.Page };
            using var response = await client.GetAsync("readyz", TestContext.Current.CancellationToken);
            return !response.IsSuccessStatusCode;
        }

        public async Task AssertLedgerAsync()
        {
            // The last report of the program's own drops comes within its interval.
            await StartedCollector.UntilAsync(
                async () => Mine(await collector.LedgerAsync()).GetProperty("droppedByLevel")[1].GetInt64() > 0,
                "the program's report");
            var ledger = await collector.LedgerAsync();
            Assert.True(ledger.GetProperty("balanced").GetBoolean(), ledger.GetRawText());
            var shed = ledger.GetProperty("shedByLevel");
            Assert.Equal(3 * Each, shed.GetProperty("trace").GetInt64());
            Assert.True(shed.GetProperty("info").GetInt64() > 2 * Each - 1, shed.GetRawText());
            Assert.True(shed.GetProperty("warn").GetInt64() > Each - 1, shed.GetRawText());
            Assert.Equal(0, shed.GetProperty("error").GetInt64());
            Assert.Equal(
                ledger.GetProperty("total").GetProperty("dropped").GetProperty("diskFull").GetInt64(),
                shed.EnumerateObject().Sum(level => level.Value.GetInt64()));

            // What the program dropped is all that is missing, and none of it was an error.
            var mine = Mine(ledger);
            long[] dropped = [.. mine.GetProperty("droppedByLevel").EnumerateArray().Select(count => count.GetInt64())];
            Assert.Equal(dropped.Sum(), mine.GetProperty("lost").GetInt64());
            Assert.Equal(0, mine.GetProperty("outstanding").GetInt64());
            Assert.Equal(0, dropped[4]);

            var (code, text) = await RunningCollector.RunToolAsync("stats", "--http", collector.Page.ToString());
            Assert.Equal(0, code);
            Assert.Contains($"dropped as the disk was short: trace {3 * Each}, debug ", text, StringComparison.Ordinal);
            Assert.Contains("dropped by shop itself, its buffer full: debug ", text, StringComparison.Ordinal);
        }

        private static JsonElement Mine(JsonElement ledger) =>
            ledger.GetProperty("producers").EnumerateArray().Single(
                producer => producer.GetProperty("service").GetString() == "shop");
    }
}
