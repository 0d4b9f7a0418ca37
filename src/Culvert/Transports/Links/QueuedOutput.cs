using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>The output of a link that copies: written into rented buffers, none of them while nothing waits.</summary>
internal sealed class QueuedOutput(ByteLink link) : LinkOutput
{
    private readonly ByteQueue _queue = new();

    public override long Length => _queue.Length;

    private int RentSize => (int)Math.Clamp(_queue.Length, LinkLimits.WriteBytesMin, LinkLimits.ReceiveBytesMax);

    public override Memory<byte> GetMemory(int sizeHint) => _queue.GetMemory(sizeHint, RentSize);

    public override Span<byte> GetSpan(int sizeHint) => _queue.GetSpan(sizeHint, RentSize);

    public override void Advance(int count) => _queue.Advance(count);

    public override void Write(ReadOnlySpan<byte> bytes) => _queue.Write(bytes, RentSize);

    public override int Send()
    {
        var count = link.Send(_queue.Sequence);
        if (count > 0) _queue.Consume(count);
        return count;
    }

    public override int Send(ReadOnlyMemory<byte> source)
    {
        var count = link.Send(new ReadOnlySequence<byte>(source));
        if (count != LinkResult.Broken) Write(source.Span[Math.Max(count, 0)..]);
        return count;
    }

    public override void Clear() => _queue.Clear();
}
