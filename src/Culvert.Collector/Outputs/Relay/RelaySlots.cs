using Culvert.Collector.Intake;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>Which slot of a connection stands for a producer and the origin of its records; the one not used for
/// longest makes room for a new one. One thread.</summary>
internal sealed class RelaySlots(int slotsMax)
{
    private readonly Dictionary<ProducerId, LinkedListNode<Slot>> _byProducer = [];
    private readonly LinkedList<Slot> _byUse = [];
    private int _originBytes;

    /// <summary>Finds the slot; false when it has to be announced first.</summary>
    public bool TryFind(ProducerId producer, ReadOnlySpan<byte> origin, out uint slot)
    {
        slot = 0;
        if (!_byProducer.TryGetValue(producer, out var node) || !node.Value.Origin.AsSpan().SequenceEqual(origin))
            return false;
        slot = node.Value.Number;
        if (!ReferenceEquals(_byUse.First, node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }

        return true;
    }

    /// <summary>The slot that stands for it from now on.</summary>
    public uint Add(ProducerId producer, ReadOnlySpan<byte> origin)
    {
        var number = (uint)_byProducer.Count;
        if (_byProducer.TryGetValue(producer, out var same)) number = Remove(same);
        // What the other side adds to an origin counts there; a quarter is left for that.
        else if (_byProducer.Count >= slotsMax || _originBytes + origin.Length > RelayLimits.OriginsBytesMax / 4 * 3)
            number = Remove(_byUse.Last!);
        _byProducer[producer] = _byUse.AddFirst(new Slot(number, producer, origin.ToArray()));
        _originBytes += origin.Length;
        return number;
    }

    private uint Remove(LinkedListNode<Slot> node)
    {
        _byUse.Remove(node);
        _byProducer.Remove(node.Value.Producer);
        _originBytes -= node.Value.Origin.Length;
        return node.Value.Number;
    }

    private sealed record Slot(uint Number, ProducerId Producer, byte[] Origin);
}
