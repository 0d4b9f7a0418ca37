using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>What a link received and its reader has not consumed. By the reader alone.</summary>
internal abstract class LinkInput
{
    /// <summary>Bytes in <see cref="Sequence"/>.</summary>
    public abstract long Length { get; }

    /// <summary>What is there, until the next receive or consume.</summary>
    public abstract ReadOnlySequence<byte> Sequence { get; }

    /// <summary>Takes more of what came: how many bytes, or a <see cref="LinkResult"/>.</summary>
    /// <param name="mayHaveMore">The next call may succeed without another event.</param>
    public abstract int Receive(out bool mayHaveMore);

    /// <summary>How far a position lies behind the first byte.</summary>
    public abstract long OffsetOf(SequencePosition position);

    /// <summary>Removes bytes from the front.</summary>
    public abstract void Consume(long count);

    /// <summary>Removes everything, and holds no buffer.</summary>
    public abstract void Clear();
}
