using System.Text;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Cli.Bench.Ship;

/// <summary>Looks into topics: how many messages they have, and whether each record is there once.</summary>
internal sealed class ShipTopic : IDisposable
{
    private const int AskMs = 10_000;

    private readonly string _brokers;
    private readonly string _topic;
    private readonly KafkaConsumer _consumer;

    public ShipTopic(string brokers, string topic)
    {
        (_brokers, _topic) = (brokers, topic);
        _consumer = new KafkaConsumer([.. Settings], new KafkaTroubles());
    }

    /// <summary>Without transactions an offset is a message.</summary>
    public long Count()
    {
        var count = 0L;
        for (var number = _consumer.AskPartitions(_topic, AskMs) - 1; number >= 0; number--)
        {
            var (first, end) = _consumer.AskRange(new KafkaPartition(_topic, number), AskMs);
            count += end - first;
        }

        return count;
    }

    /// <summary>Reads everything, and counts the identities that differ.</summary>
    public int CountIdentities(CancellationToken cancellationToken)
    {
        var identities = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in KafkaTopicReader.Read(Settings, _topic, fromCommitted: false, cancellationToken))
            identities.Add(Encoding.ASCII.GetString(message.Header(KafkaHeaders.IdentityName) ?? []));
        return identities.Count;
    }

    /// <summary>Waits until the topic has so many messages, or has had no more of them for half a minute; how many it
    /// has.</summary>
    public async Task<long> WaitForAsync(
        long messages, Func<bool> isOver, Action<long> saw, CancellationToken cancellationToken)
    {
        const int IdleTicksMax = 600;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var count = 0L;
        for (var idle = 0; count < messages && idle < IdleTicksMax && !isOver(); idle++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (TryCount() is not { } now || now <= count) continue;
            (idle, count) = (0, now);
            saw(count);
        }

        return count;
    }

    public void Dispose() => _consumer.Dispose();

    /// <summary>A topic that is only being made has no leaders yet.</summary>
    private long? TryCount()
    {
        try
        {
            return Count();
        }
        catch (OutputException)
        {
            return null;
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("bootstrap.servers", _brokers), new("group.id", $"bench-{Guid.NewGuid():N}"),
    ];
}
