using Culvert.Tests;

namespace Culvert.Services.Tests.Kafka;

/// <summary>What a member says when it cannot read, and an output when it may not write: sentences that say what to
/// do.</summary>
public sealed class ConsumeTroubleTests(SharedBroker shared) : IClassFixture<SharedBroker>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Consume_NoBrokerAtTheAddress_StatsSayWhatToDo()
    {
        await using var consumer = await StartAsync("127.0.0.1:1", "logs", "");
        Assert.EndsWith(
            "start it, or mend consume.brokers.",
            await consumer.UntilTroubledAsync("No Kafka broker answers at 127.0.0.1:1"), StringComparison.Ordinal);
        await consumer.StopAsync();
    }

    [Fact]
    public async Task Consume_TopicThatIsNotThere_StatsSayWhatToDoAndItReadsItOnceItIs()
    {
        var topic = $"t{Guid.NewGuid():N}";
        await using var consumer = await StartAsync(
            shared.Broker.Address, topic, "\"topic.metadata.refresh.interval.ms\": \"1000\"");
        await consumer.UntilTroubledAsync($"has no topic '{topic}'");
        await using (var messages = new TestMessages(shared.Broker)) messages.Records(topic, "shop", 1, 10);
        await consumer.UntilDoneAsync(10);
        Assert.Equal("", (await consumer.StatsAsync()).GetProperty("problem").GetString());
        await consumer.StopAsync();
    }

    [Fact]
    public async Task MemberAndOutput_WrongPasswordOrNoRight_StatsSayWhatToDoAndItGoesOnAfterwards()
    {
        await using var broker = await KafkaBroker.StartAsync(
            "listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN", "sasl.mechanism.inter.broker.protocol=PLAIN",
            "listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
            + "required username=\"admin\" password=\"a\" user_admin=\"a\" user_culvert=\"right\";",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users=User:admin;User:ANONYMOUS");
        await using (var wrong = await StartAsync(broker.Address, "logs", Login("wrong")))
        {
            await wrong.UntilTroubledAsync("refused the user or the password");
            await wrong.StopAsync();
        }

        await using var denied = await StartAsync(broker.Address, "logs", Login("right"));
        Assert.Contains(
            "grant READ", await denied.UntilTroubledAsync("does not let this user"), StringComparison.Ordinal);
        await denied.StopAsync();

        // It may write to a topic that is not there, and may not make it.
        var admin = Path.Combine(_folder.Path, "admin.properties");
        await File.WriteAllTextAsync(
            admin,
            """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
              username="admin" password="a";
            """,
            TestContext.Current.CancellationToken);
        await GrantAsync("Write", "Describe");
        await using var collector = await ShippingCollector.StartAsync(Output("wrong"));
        await collector.SendAsync("shop", 10);
        await collector.UntilTroubledAsync("kafka", "refused the user or the password");
        await collector.Running.StopAsync();
        await collector.ConfigureAsync(Output("right"));
        await collector.StartAgainAsync();
        Assert.Contains(
            "grant WRITE, and CREATE where it is missing",
            await collector.UntilTroubledAsync("kafka", "does not let this user write to the topic 'made'"),
            StringComparison.Ordinal);
        await GrantAsync("Create");
        await collector.UntilDeliveredAsync("kafka", 10);

        string Output(string password) =>
            $$"""
            "kafka": { "type": "kafka", "brokers": "{{broker.Address}}", "topic": "made",
              "librdkafka": { {{Login(password)}} } }
            """;

        Task GrantAsync(params string[] operations) => broker.RunToolAsync(
            "kafka-acls.sh",
            ["--command-config", admin, "--add", "--allow-principal", "User:culvert", "--topic", "made",
                .. operations.SelectMany(operation => (string[])["--operation", operation])]);

        static string Login(string password) =>
            $$"""
            "security.protocol": "sasl_plaintext", "sasl.mechanisms": "PLAIN",
            "sasl.username": "culvert", "sasl.password": "{{password}}"
            """;
    }

    private async Task<RunningConsumer> StartAsync(string brokers, string topic, string settings)
    {
        var file = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(
            file, $$"""{ "consume": { "librdkafka": { {{settings}} } } }""", TestContext.Current.CancellationToken);
        return await RunningConsumer.StartAsync(
            "--brokers", brokers, "--topics", topic, "--store", Path.Combine(_folder.Path, $"{Guid.NewGuid():N}"),
            "--group", $"g{Guid.NewGuid():N}", "--config", file);
    }
}
