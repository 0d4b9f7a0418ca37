using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>The input of a link that copies: received into rented buffers, none of them while nothing is
/// there.</summary>
internal sealed class QueuedInput(ByteLink link) : LinkInput
{
    private readonly ByteQueue _queue = new();
    private int _rentSize = LinkLimits.ReceiveBytesMin;

    public override long Length => _queue.Length;

    public override ReadOnlySequence<byte> Sequence => _queue.Sequence;

    public override int Receive(out bool mayHaveMore)
    {
        // What little room a nearly full buffer has left is not worth a call of its own.
        var memory = _queue.GetMemory(_rentSize / 4, _rentSize);
        var count = link.Receive(memory.Span, out mayHaveMore);
        if (count > 0)
        {
            _queue.Advance(count);
            if (count == memory.Length) _rentSize = Math.Min(_rentSize * 2, LinkLimits.ReceiveBytesMax);
            else if (count < LinkLimits.ReceiveBytesMin / 2) _rentSize = LinkLimits.ReceiveBytesMin;
        }
        else if (_queue.Length == 0)
        {
            _queue.Clear();
        }

        return count;
    }

    public override long OffsetOf(SequencePosition position) => _queue.OffsetOf(position);

    public override void Consume(long count) => _queue.Consume(count);

    public override void Clear() => _queue.Clear();
}
