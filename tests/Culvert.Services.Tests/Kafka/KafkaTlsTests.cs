using Culvert.Collector.Tests.EndToEnd;
using Culvert.Tests;

namespace Culvert.Services.Tests.Kafka;

/// <summary>A broker that wants TLS and a password: settings reach librdkafka by its own names.</summary>
public sealed class KafkaTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_BrokerWithTls_RightAuthorityDeliversAndTheWrongOneIsASentence()
    {
        using var authority = new TestAuthority(_folder.Path);
        using var stranger = new TestAuthority(_folder.Path, "stranger");
        await using var broker = await KafkaBroker.StartAsync(
            "listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN", "sasl.mechanism.inter.broker.protocol=PLAIN",
            "listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
            + "required username=\"admin\" password=\"a\" user_admin=\"a\" user_culvert=\"right\";",
            "ssl.keystore.type=PEM", $"ssl.keystore.location={authority.Issue("broker")}",
            "ssl.truststore.type=PEM", $"ssl.truststore.location={authority.File}");
        await using var collector = await ShippingCollector.StartAsync(Output(stranger.File));
        await collector.SendAsync("shop", 10);
        var sentence = await collector.UntilTroubledAsync("kafka", $"TLS with Kafka at {broker.Address} failed");
        Assert.Contains("certificate verify failed", sentence, StringComparison.Ordinal);
        Assert.EndsWith(
            "mend security.protocol and the ssl settings under outputs.kafka.librdkafka and start again.",
            sentence, StringComparison.Ordinal);
        var (code, said) = await RunningCollector.RunToolAsync("stats", "--data", collector.Running.DataFolder);
        Assert.Equal(0, code);
        Assert.Contains($"retrying: TLS with Kafka at {broker.Address} failed", said, StringComparison.Ordinal);
        await collector.Running.StopAsync();

        await collector.ConfigureAsync(Output(authority.File));
        await collector.StartAgainAsync();
        await collector.UntilDeliveredAsync("kafka", 10);
        Assert.Equal("", (await collector.OutputAsync("kafka")).GetProperty("problem").GetString());
        await collector.Running.StopAsync();

        string Output(string authorityFile) =>
            $$"""
            "kafka": { "type": "kafka", "brokers": "{{broker.Address}}", "topic": "logs", "librdkafka": {
              "security.protocol": "sasl_ssl", "ssl.ca.location": "{{authorityFile}}",
              "sasl.mechanisms": "PLAIN", "sasl.username": "culvert", "sasl.password": "right" } }
            """;
    }
}
