using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Services.Tests.Kafka;
using Culvert.Tests;

namespace Culvert.Services.Tests.Samples;

/// <summary>The sample kafka-user as its README runs it, on a real broker and with a real collector.</summary>
public sealed class KafkaUserTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Users_ThatAreSent_AreHandledOnceAndLoggedOnBothSides()
    {
        await using var broker = await KafkaBroker.StartAsync(
            "num.partitions=1", "offsets.topic.num.partitions=4", "transaction.state.log.num.partitions=4");
        await using var collector = Start(
            broker, typeof(ChildProcess).Assembly.Location, "up", "--data", Path.Combine(_folder.Path, "data"), "--http",
            "127.0.0.1:0");
        var page = (await collector.WaitForLineAsync("ready ", Timeout)).Split(' ')[^1];

        string ada;
        await using (var handler = Start(broker, Sample, "handle"))
        {
            ada = await SendAsync(broker, "Ada");
            Assert.Equal($"handled {ada} Ada <ada@example.org>", await handler.WaitForLineAsync("handled ", Timeout));

            await using (var messages = new TestMessages(broker)) messages.Send("users", null, [0xFF]);
            var bob = await SendAsync(broker, "Bob");
            Assert.Equal($"handled {bob} Bob <bob@example.org>", await handler.WaitForLineAsync("handled ", Timeout));
            var letter = Assert.Single(TestTopics.ReadAll(broker.Address, "users.dead", Timeout));
            Assert.Equal([0xFF], letter.Value);
            Assert.Equal("users [[0]] @1", letter.Header("origin"));
            Assert.NotEmpty(letter.Header("reason"));

            Assert.True(await handler.StopAsync(Timeout), handler.LastLines);
            Assert.Equal(0, handler.ExitCode);
        }

        // What was handled is committed: another member begins behind it.
        await using (var handler = Start(broker, Sample, "handle"))
        {
            var eve = await SendAsync(broker, "Eve");
            Assert.Equal($"handled {eve} Eve <eve@example.org>", await handler.WaitForLineAsync("handled ", Timeout));
            Assert.True(await handler.StopAsync(Timeout), handler.LastLines);
        }

        await using var reader = new HttpReader(new Uri(page), token: null);
        Assert.Equal(2, await CountAsync(reader, $"service:kafka-user UserId:{ada}"));
        Assert.Equal(1, await CountAsync(reader, "service:kafka-user level:error \"kept in users.dead\""));
    }

    private static string Sample
    {
        get
        {
            // Beside this test's own output, as every project's is.
            var path = AppContext.BaseDirectory.Replace(
                "Culvert.Services.Tests", "KafkaUser", StringComparison.Ordinal);
            return Path.Combine(path, "Culvert.Samples.KafkaUser.dll");
        }
    }

    private async Task<string> SendAsync(KafkaBroker broker, string name)
    {
        await using var sender = Start(
            broker, Sample, "send", name, $"{name.ToLowerInvariant()}@example.org");
        var said = await sender.WaitForLineAsync("sent ", Timeout);
        await sender.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(0, sender.ExitCode);
        return said.Split(' ')[1];
    }

    /// <summary>With a folder of its own for sockets, so that program and collector meet at the default
    /// address.</summary>
    private ChildProcess Start(KafkaBroker broker, params string[] arguments) => ChildProcess.Start(
        "dotnet", arguments,
        new Dictionary<string, string> { ["KAFKA"] = broker.Address, ["XDG_RUNTIME_DIR"] = _folder.Path });

    private static Task<long> CountAsync(HttpReader reader, string query) =>
        reader.CountAsync(new SearchTerms(query, null, null), TestContext.Current.CancellationToken);
}
