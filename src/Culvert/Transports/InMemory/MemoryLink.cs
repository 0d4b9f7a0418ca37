using System.Buffers;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.InMemory;

/// <summary>
/// One end of a connection inside this process. Events run on the thread pool: on the sender's own thread a reader
/// that blocks would stop the sender, which is another connection's end.
/// </summary>
internal sealed class MemoryLink : ByteLink
{
    private readonly StreamHalf _incoming;
    private readonly StreamHalf _outgoing;
    private MemoryLink _peer = null!;
    private volatile ILinkEvents? _events;
    private volatile bool _outputEnded;
    private volatile CloseReasonHolder? _peerGone;
    private int _closed;

    private MemoryLink(StreamHalf incoming, StreamHalf outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public static (MemoryLink Dialler, MemoryLink Acceptor) CreatePair(int bytesMax)
    {
        var there = new StreamHalf(bytesMax, bytesMax / 2);
        var back = new StreamHalf(bytesMax, bytesMax / 2);
        var dialler = new MemoryLink(back, there);
        var acceptor = new MemoryLink(there, back) { _peer = dialler };
        dialler._peer = acceptor;
        return (dialler, acceptor);
    }

    public override void Start(ILinkEvents events) => _events = events;

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        var count = _incoming.Receive(destination, out var madeRoom);
        mayHaveMore = count > 0;
        if (count == LinkResult.End && _peerGone is { } gone)
        {
            // The event may still be on its way; the reader must not take an abort for a good end.
            _events?.OnPeerGone(gone.Kind, gone.Message);
            if (gone.Kind == CloseKind.PeerAborted) return LinkResult.Broken;
        }

        if (madeRoom) _peer.Tell(static events => events.OnWritable());
        return count;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        var count = _outgoing.Send(bytes, out var isAwaited);
        if (isAwaited) _peer.Tell(static events => events.OnReadable());
        return count;
    }

    public override void EndOutput(bool isClosing)
    {
        _outputEnded = true;
        _outgoing.End();
        _peer.Tell(static events => events.OnReadable());
    }

    public override void Close() => CloseOnce(CloseKind.PeerClosed, "The peer closed the connection.");

    public override void Abort() => CloseOnce(CloseKind.PeerAborted, "The peer aborted the connection.");

    private void CloseOnce(CloseKind kind, string message)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;

        // A peer that has completed its output still finds the end by reading, and that is the good end of both.
        var isGone = kind == CloseKind.PeerAborted || !_peer._outputEnded;
        if (isGone) _peer._peerGone = new CloseReasonHolder(kind, message);
        _outgoing.End();
        _incoming.Discard();
        if (isGone) _peer.Tell(events => events.OnPeerGone(kind, message));

        _peer.Tell(static events => events.OnReadable());
    }

    private sealed record CloseReasonHolder(CloseKind Kind, string Message);

    private void Tell(Action<ILinkEvents> what)
    {
        if (_events is { } events) ThreadPool.UnsafeQueueUserWorkItem(what, events, preferLocal: false);
    }
}
