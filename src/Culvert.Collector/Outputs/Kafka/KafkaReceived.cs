namespace Culvert.Collector.Outputs.Kafka;

/// <summary>A message as it was read, in memory of its own.</summary>
internal sealed class KafkaReceived
{
    public required KafkaPartition Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970; -1 where the broker has none.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>Null for a message without a key.</summary>
    public required byte[]? Key { get; init; }

    /// <summary>Null for a tombstone.</summary>
    public required byte[]? Value { get; init; }

    public required IReadOnlyList<KafkaHeader> Headers { get; init; }

    /// <summary>About what it holds in memory.</summary>
    public int Bytes
    {
        get
        {
            var bytes = 256 + (Key?.Length ?? 0) + (Value?.Length ?? 0);
            for (var i = 0; i < Headers.Count; i++) bytes += Headers[i].Value.Length + 64;
            return bytes;
        }
    }

    /// <summary>The last header of that name; null when there is none.</summary>
    public byte[]? Header(string name)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
        {
            if (Headers[i].Name == name) return Headers[i].Value;
        }

        return null;
    }
}

/// <summary>A header of a message. One without a value has an empty one.</summary>
internal readonly record struct KafkaHeader(string Name, byte[] Value);
