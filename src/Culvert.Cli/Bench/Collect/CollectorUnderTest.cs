using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Bench.Collect;

/// <summary>A collector as users start it, on an empty data folder.</summary>
internal sealed class CollectorUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly ChildProcess _process;
    private readonly HttpReader _reader;

    private CollectorUnderTest(string folder, ChildProcess process, HttpReader reader) =>
        (_folder, _process, _reader) = (folder, process, reader);

    private string DataFolder => Path.Combine(_folder, "data");

    private string Endpoint => $"unix://{_folder}/c.sock";

    public static async Task<CollectorUnderTest> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-bench-").FullName;
        var process = ChildProcess.StartSelf(
            "up", "--data", Path.Combine(folder, "data"), "--listen", $"unix://{folder}/c.sock", "--http", "127.0.0.1:0");
        var ready = await process.WaitForLineAsync("ready ", StartTimeout);
        var page = ready.Split(' ').Last(word => word.StartsWith("http://", StringComparison.Ordinal));
        return new CollectorUnderTest(folder, process, new HttpReader(new Uri(page), token: null));
    }

    /// <summary>Lets processes log for so long, waits until all of it is in blocks, and counts it with a
    /// query.</summary>
    public async Task<CollectRun> ProduceAsync(
        int producers, TimeSpan duration, bool byJournal, CancellationToken cancellation)
    {
        var begin = new TaskCompletionSource();
        var children = new List<ChildProcess>();
        try
        {
            for (var i = 0; i < producers; i++)
            {
                var seconds = duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                children.Add(ChildProcess.StartSelf(
                    ["bench", "produce", "--to", Endpoint, "--service", $"p{i}", "--seconds", seconds,
                        .. byJournal ? (string[])["--data", DataFolder] : []],
                    async input =>
                    {
                        await begin.Task;
                        await input.WriteAsync("go\n"u8.ToArray(), cancellation);
                    }));
            }

            foreach (var child in children) await child.WaitForLineAsync("ready", StartTimeout);
            var cpuBefore = _process.CpuSeconds();
            var started = Stopwatch.GetTimestamp();
            begin.SetResult();
            var produced = 0L;
            foreach (var child in children)
            {
                var line = await child.WaitForLineAsync("produced ", duration + StoreTimeout);
                produced += long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            }

            var ledger = await WaitUntilStoredAsync(produced, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var cpu = _process.CpuSeconds() - cpuBefore;
            var found = await _reader.CountAsync(new SearchTerms("", null, null), cancellation);
            return new CollectRun(
                produced, found, LedgerText.IsBalanced(ledger), elapsed, cpu, _process.PeakMemoryMegabytes());
        }
        finally
        {
            begin.TrySetResult();
            foreach (var child in children) await child.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _process.StopAsync(TimeSpan.FromSeconds(10));
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonElement> WaitUntilStoredAsync(long records, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var document = JsonDocument.Parse(await _reader.StatsAsync(cancellation));
            var stored = document.RootElement.GetProperty("outputs")[0].GetProperty("stored").GetInt64();
            if (stored >= records) return document.RootElement.Clone();
            if (Stopwatch.GetElapsedTime(started) > StoreTimeout)
                throw new TimeoutException(
                    $"Only {stored} of {records} records were stored in {StoreTimeout.TotalMinutes} minutes.");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
