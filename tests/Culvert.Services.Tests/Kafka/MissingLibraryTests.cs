using Culvert.Cli.Processes;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Tests;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Where librdkafka is not installed: files that are no library stand in its way, as the loader's path finds
/// them first.</summary>
public sealed class MissingLibraryTests : IDisposable
{
    private const string Sentence = "Kafka is reached through librdkafka, which is not on this machine: install it (on "
        + "Debian and Ubuntu: apt-get install librdkafka1)";

    private readonly TempFolder _folder = new();

    public MissingLibraryTests()
    {
        foreach (var name in (string[])["librdkafka.so", "librdkafka.so.1"])
            File.WriteAllBytes(Path.Combine(_folder.Path, name), []);
    }

    private Dictionary<string, string> Environment => new() { ["LD_LIBRARY_PATH"] = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("consume", "--brokers", "127.0.0.1:1", "--topics", "logs", "--store")]
    [InlineData("deadletters", "list", "--brokers", "127.0.0.1:1", "--config")]
    public async Task Run_CommandThatNeedsTheLibrary_SaysWhatToInstallAndFails(params string[] arguments)
    {
        var last = Path.Combine(_folder.Path, "last");
        if (arguments[^1] == "--config")
            await File.WriteAllTextAsync(last, "{}", TestContext.Current.CancellationToken);
        await using var tool = ChildProcess.StartSelf([.. arguments, last], writeInput: null, Environment);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((1, $"culvert: {Sentence}."), (tool.ExitCode, tool.LastLines));
    }

    [Fact]
    public async Task Deliver_LibraryThatComesLater_StatsSayWhatToInstallAndItGoesOnByItself()
    {
        Assert.SkipUnless(KafkaLibrary.IsAvailable, KafkaLibrary.Missing);
        await using var collector = await ShippingCollector.StartAsync(
            """ "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" }, "store": { "type": "store" } """, Environment);
        await collector.SendAsync("shop", 10);
        await collector.UntilDeliveredAsync("store", 10);
        Assert.Equal(
            $"{Sentence}; the output goes on by itself then.",
            await collector.UntilTroubledAsync("kafka", "librdkafka"));
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
        await collector.UntilTroubledAsync("kafka", "No Kafka broker answers at 127.0.0.1:1");
    }
}
