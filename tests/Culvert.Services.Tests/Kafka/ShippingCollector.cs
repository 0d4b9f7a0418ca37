using System.Globalization;
using System.Text.Json;
using Culvert.Cli.Terminal;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Tests.EndToEnd;

namespace Culvert.Services.Tests.Kafka;

/// <summary>A collector process with the given outputs, and what tests ask of it.</summary>
internal sealed class ShippingCollector : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private ShippingCollector(RunningCollector running) => Running = running;

    public RunningCollector Running { get; }

    public string ConfigurationFile => Path.Combine(Running.Folder, "culvert.json");

    public static async Task<ShippingCollector> StartAsync(
        string outputs, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (outputs.Contains("kafka", StringComparison.Ordinal))
            Assert.SkipUnless(KafkaLibrary.IsAvailable, KafkaLibrary.Missing);
        var collector = new ShippingCollector(new RunningCollector { Environment = environment });
        await collector.ConfigureAsync(outputs);
        await collector.StartAgainAsync();
        return collector;
    }

    /// <summary>For the next start.</summary>
    public Task ConfigureAsync(string outputs) => File.WriteAllTextAsync(
        ConfigurationFile, $$"""{ "outputs": { {{outputs}} } }""", TestContext.Current.CancellationToken);

    public Task StartAgainAsync() => Running.StartAsync("--config", ConfigurationFile);

    /// <summary>Sends lines «prefix-N text» of a program as the command line does; returns when it ended.</summary>
    public async Task SendAsync(string service, int count, params string[] more)
    {
        var path = Path.Combine(Running.Folder, service + ".txt");
        await File.WriteAllLinesAsync(
            path,
            Enumerable.Range(0, count).Select(i => string.Create(
                CultureInfo.InvariantCulture, $"{service}-{i} took {i % 100} ms to answer a request of a customer"))
                .Concat(more),
            TestContext.Current.CancellationToken);
        var (code, said) = await RunningCollector.RunToolAsync(
            "send", "--to", Running.Endpoint, "--service", service, path);
        Assert.True(code == 0, said);
    }

    public async Task<JsonElement> OutputAsync(string name)
    {
        var ledger = await Running.LedgerAsync();
        Assert.True(LedgerText.IsBalanced(ledger), LedgerText.Format(ledger));
        return ledger.GetProperty("outputs").EnumerateArray()
            .Single(output => output.GetProperty("name").GetString() == name);
    }

    /// <summary>Waits until so many records are delivered, none waits, and the output says that all is well.</summary>
    public Task UntilDeliveredAsync(string output, long count) => UntilAsync(
        output, state => state.GetProperty("waiting").GetInt64() == 0
            && state.GetProperty("state").GetString() == "running"
            && state.GetProperty("stored").GetInt64() >= count, $"{count} records are delivered");

    /// <summary>Waits until the output's problem says this, and returns the sentence.</summary>
    public async Task<string> UntilTroubledAsync(string output, string words)
    {
        var found = "";
        await UntilAsync(output, state =>
        {
            found = state.GetProperty("problem").GetString()!;
            return found.Contains(words, StringComparison.Ordinal);
        }, $"its problem says '{words}'");
        return found;
    }

    /// <summary>Polls: the collector has no signal for a stranger.</summary>
    public async Task UntilAsync(string output, Func<JsonElement, bool> question, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Timeout);
        JsonElement state;
        while (!question(state = await OutputAsync(output)))
        {
            Assert.False(
                deadline.IsCancellationRequested, $"It did not come to this in time: {what}. {state.GetRawText()}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}
