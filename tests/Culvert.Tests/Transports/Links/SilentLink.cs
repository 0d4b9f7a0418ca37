using System.Buffers;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.Links;

/// <summary>Brings nothing, and tells of nothing by itself.</summary>
internal sealed class SilentLink : ByteLink
{
    public ILinkEvents? Events { get; private set; }

    public bool HasRoom { get; set; } = true;

    /// <summary>Called within each send.</summary>
    public Action? InSend { get; set; }

    public long Sent { get; private set; }

    public override void Start(ILinkEvents events) => Events = events;

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        return LinkResult.WouldBlock;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        InSend?.Invoke();
        if (!HasRoom) return LinkResult.WouldBlock;
        Sent += bytes.Length;
        return (int)bytes.Length;
    }

    public override void EndOutput(bool isClosing)
    {
    }

    public override void Close()
    {
    }

    public override void Abort()
    {
    }
}
