using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>
/// The identities that a partition gives. What comes without one is named by its place: partition and offset. And since
/// one producer's records may be in several topics or partitions, which are read at their own pace, a receiver that
/// removes duplicates by the highest sequence must see each partition's share as a producer of its own.
/// </summary>
internal sealed class MessageIdentity
{
    private const int CachedMax = 65_536;

    private readonly Dictionary<(KafkaPartition, UInt128), UInt128> _known = [];

    /// <summary>The partition's own producer and the sequence of the message's first record.</summary>
    public (ProducerId Producer, ulong Sequence) OfPlace(KafkaPartition partition, long offset) =>
        (new ProducerId(Mix(partition, 0), ProducerId.OffsetEpoch),
            ((ulong)offset + 1) << ConsumeLimits.RecordNumberBits);

    /// <summary>The producer's share in this partition. What lies between two sequences of it may be in another
    /// partition, so it says nothing of records that were lost.</summary>
    public ProducerId Share(KafkaPartition partition, ProducerId producer) =>
        new(Mix(partition, producer.Producer), producer.Epoch | ProducerId.OffsetEpoch);

    private UInt128 Mix(KafkaPartition partition, UInt128 producer)
    {
        if (_known.TryGetValue((partition, producer), out var mixed)) return mixed;
        var bytes = new byte[20 + Encoding.UTF8.GetByteCount(partition.Topic)];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, producer);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), partition.Number);
        Encoding.UTF8.GetBytes(partition.Topic, bytes.AsSpan(20));
        mixed = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(bytes));
        if (_known.Count >= CachedMax) _known.Clear();
        _known.Add((partition, producer), mixed);
        return mixed;
    }
}
