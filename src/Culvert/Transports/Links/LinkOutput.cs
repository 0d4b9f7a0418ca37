namespace Culvert.Transports.Links;

/// <summary>What was written and its link has not sent. By the writer alone.</summary>
internal abstract class LinkOutput
{
    /// <summary>Bytes written and not sent.</summary>
    public abstract long Length { get; }

    public abstract Memory<byte> GetMemory(int sizeHint);

    public abstract Span<byte> GetSpan(int sizeHint);

    public abstract void Advance(int count);

    /// <summary>Adds a copy of the bytes.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Sends some of what was written, at least a byte: how many, or a <see cref="LinkResult"/>.</summary>
    public abstract int Send();

    /// <summary>Sends what has room of bytes before which nothing waits, and keeps a copy of the rest.
    /// <see cref="LinkResult.Broken"/>, or anything else.</summary>
    public abstract int Send(ReadOnlyMemory<byte> source);

    /// <summary>Removes everything.</summary>
    public abstract void Clear();
}
