using System.Globalization;
using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Services.Tests.Kafka;

/// <summary>A member of a consumer group as a process of its own.</summary>
internal sealed class RunningConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private Uri _page = new("http://127.0.0.1/");

    private RunningConsumer(ChildProcess process) => Process = process;

    public ChildProcess Process { get; }

    public static async Task<RunningConsumer> StartAsync(params string[] arguments)
    {
        Assert.SkipUnless(KafkaLibrary.IsAvailable, KafkaLibrary.Missing);
        var consumer = new RunningConsumer(
            ChildProcess.StartSelf(["consume", "--http", "127.0.0.1:0", .. arguments]));
        var ready = await consumer.Process.WaitForLineAsync("ready ", Timeout);
        consumer._page = new Uri(ready.Split(' ')[^1]);
        return consumer;
    }

    public async Task<JsonElement> StatsAsync()
    {
        await using var reader = new HttpReader(_page, token: null);
        using var document = JsonDocument.Parse(await reader.StatsAsync(TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("consumer").Clone();
    }

    /// <summary>Waits until so many messages were read, and all of them are safe and nothing more is there.</summary>
    public Task UntilDoneAsync(long messages) => UntilAsync(
        stats => stats.GetProperty("messages").GetInt64() >= messages && HasAll(stats),
        string.Create(CultureInfo.InvariantCulture, $"{messages} messages are read and safe"));

    /// <summary>Whether it has every partition, and all of them to their ends.</summary>
    public static bool HasAll(JsonElement stats) =>
        stats.GetProperty("partitions").GetArrayLength() == KafkaBroker.Partitions
        && stats.GetProperty("partitions").EnumerateArray().All(
            partition => partition.GetProperty("waiting").GetInt64() == 0
                && partition.GetProperty("lag") is { ValueKind: JsonValueKind.Number } lag && lag.GetInt64() == 0);

    public async Task<string> UntilTroubledAsync(string words)
    {
        var found = "";
        await UntilAsync(
            stats => (found = stats.GetProperty("problem").GetString()! + stats.GetProperty("output")
                .GetProperty("problem").GetString()).Contains(words, StringComparison.Ordinal),
            $"it says '{words}'");
        return found;
    }

    /// <summary>Polls: a member has no signal for a stranger.</summary>
    public async Task UntilAsync(Func<JsonElement, bool> question, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Timeout);
        JsonElement stats;
        while (!question(stats = await StatsAsync()))
        {
            Assert.False(
                deadline.IsCancellationRequested,
                $"It did not come to this in time: {what}. {stats.GetRawText()} {Process.LastLines}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGTERM, and waits for the end, which must be a clean one.</summary>
    public async Task StopAsync()
    {
        Assert.True(await Process.StopAsync(Timeout), $"The consumer did not end by itself. {Process.LastLines}");
        Assert.Equal(0, Process.ExitCode);
    }

    /// <summary>SIGKILL.</summary>
    public ValueTask KillAsync() => Process.DisposeAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
