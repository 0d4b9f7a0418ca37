namespace Culvert.Services.Tests.Kafka;

/// <summary>One broker for the tests of a class that leave it as it is; each has topics and groups of its
/// own.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    private KafkaBroker? _broker;

    internal KafkaBroker Broker
    {
        get
        {
            if (_broker is null) Assert.Skip("KAFKA_HOME does not name the folder of a Kafka distribution.");
            return _broker;
        }
    }

    // A fixture that skips would fail its class: without a distribution there is no broker, and each test says so.
    public async ValueTask InitializeAsync()
    {
        if (Directory.Exists(Environment.GetEnvironmentVariable("KAFKA_HOME")))
            _broker = await KafkaBroker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
    }
}
