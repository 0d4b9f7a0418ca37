using System.Buffers;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.CopyData;

/// <summary>
/// One end of a connection over WM_COPYDATA. A send is a message to the peer's window, from the thread that sends; what
/// comes in is copied by the pump's thread, and the reader and the writer hear of it on another.
/// </summary>
internal sealed class CopyDataLink : ByteLink, ICopyDataEnd
{
    private readonly ICopyDataWindow _peer;
    private readonly UInt128 _peerKey;
    private readonly ICopyDataHome _home;
    private readonly CopyDataInput _input;
    private readonly CopyDataOutput _output;
    private volatile ILinkEvents? _events;
    private volatile PeerEnd? _peerEnd;
    private volatile bool _inputEnded;
    private volatile bool _outputEnded;
    private volatile bool _peerClosed;
    private volatile bool _isPausing;
    private TimeSpan _pause = CopyDataLimits.RetryPauseMin;
    private int _closing;
    private volatile bool _isClosed;

    /// <param name="peer">The window of the other end.</param>
    /// <param name="peerKey">The key under which the other end is known there.</param>
    /// <param name="home">What this end belongs to.</param>
    public CopyDataLink(ICopyDataWindow peer, UInt128 peerKey, ICopyDataHome home)
    {
        _peer = peer;
        _peerKey = peerKey;
        _home = home;
        _input = new CopyDataInput(home.Sections);
        _output = new CopyDataOutput(peer, peerKey, home.Outbox);
    }

    public override void Start(ILinkEvents events)
    {
        _events = events;
        if (_peerEnd is { } end) Tell(target => target.OnPeerGone(end.Kind, end.Message));
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        var count = _input.Receive(destination, out var madeRoom);
        mayHaveMore = count > 0;
        if (count == LinkResult.End && _peerEnd is { } end)
        {
            // The event may still be on its way; the reader must not take an abort for a good end.
            _events?.OnPeerGone(end.Kind, end.Message);
            if (end.Kind is CloseKind.PeerAborted or CloseKind.Failed) return LinkResult.Broken;
        }

        if (madeRoom) _peer.Notify(CopyDataSignal.Room, _peerKey);
        return count;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        if (_peerEnd is not null || _isClosed) return LinkResult.Broken;
        if (_isPausing) return LinkResult.WouldBlock;
        var sent = _output.Send(bytes);
        switch (sent.Kind)
        {
            case CopyDataSentKind.Taken:
                _pause = CopyDataLimits.RetryPauseMin;
                return sent.Count;
            case CopyDataSentKind.Unanswered:
                _isPausing = true;
                _ = TryAgainAsync();
                break;
            case CopyDataSentKind.Gone:
                // How it ended is told by a signal that was sent before, so it is waited for.
                _home.RunBehindMessages(() => EndByPeer(CloseKind.PeerClosed, "The peer closed the connection."));
                break;
            case CopyDataSentKind.NoWindow:
                _ = GiveUpOnWindowAsync();
                break;
            case CopyDataSentKind.NotAllowed:
                EndByPeer(CloseKind.Failed, "The system no longer lets this process send to the peer's window.");
                break;
            case CopyDataSentKind.Violation:
                EndByPeer(CloseKind.Failed, "The peer's window answered against the protocol.");
                break;
        }

        return LinkResult.WouldBlock;
    }

    public override void EndOutput(bool isClosing)
    {
        _outputEnded = true;
        if (!isClosing) _peer.Notify(CopyDataSignal.Completed, _peerKey);
    }

    public override void Close() => CloseOnce(CopyDataSignal.Closed);

    public override void Abort() => CloseOnce(CopyDataSignal.Aborted);

    public long OnMessage(in CopyDataMessage message, nint sender)
    {
        if (_isClosed) return new CopyDataAnswer(CopyDataCode.Gone).Encode();
        var answer = _input.Take(message);
        if (answer.Count > 0) Tell(static events => events.OnReadable());
        else if (answer.Code == CopyDataCode.Broken) EndByPeer(CloseKind.Failed, "The peer broke the protocol.");
        return answer.Encode();
    }

    public void OnSignal(CopyDataSignal signal)
    {
        switch (signal)
        {
            case CopyDataSignal.Room:
                _output.OnRoom();
                Tell(static events => events.OnWritable());
                return;
            case CopyDataSignal.Completed:
                EndInput();
                return;
            case CopyDataSignal.Closed:
                // One that closes after this side has completed its output is a good end of both.
                _peerClosed = true;
                if (!_outputEnded) EndByPeer(CloseKind.PeerClosed, "The peer closed the connection.");
                else EndInput();
                return;
            case CopyDataSignal.Aborted:
                EndByPeer(CloseKind.PeerAborted, "The peer aborted the connection.");
                return;
        }
    }

    /// <summary>The peer's process has ended, and everything it had sent was handled.</summary>
    public void OnPeerExit(int processId)
    {
        if (_peerClosed || (_inputEnded && _outputEnded)) return;
        EndByPeer(CloseKind.PeerDied, $"The peer's process {processId} ended without closing.");
    }

    private void EndInput()
    {
        _inputEnded = true;
        _input.End();
        Tell(static events => events.OnReadable());
    }

    private void EndByPeer(CloseKind kind, string message)
    {
        var end = new PeerEnd(kind, message);
        if (Interlocked.CompareExchange(ref _peerEnd, end, null) is not null) return;
        _input.End();
        Tell(events =>
        {
            events.OnPeerGone(kind, message);
            events.OnReadable();
        });
    }

    private void CloseOnce(CopyDataSignal signal)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0) return;

        // Told before any message is answered with Gone: whoever gets that answer looks for what was told before it.
        if (_peerEnd is null && !_peerClosed) _peer.Notify(signal, _peerKey);
        _isClosed = true;
        _input.Discard();
        _home.RunBehindMessages(_input.Release);
        _home.Leave();
    }

    /// <summary>Tries what was not answered again after a pause, for as long as the peer lives.</summary>
    private async Task TryAgainAsync()
    {
        var pause = _pause;
        _pause = pause * 2 < CopyDataLimits.RetryPauseMax ? pause * 2 : CopyDataLimits.RetryPauseMax;
        await Task.Delay(pause).ConfigureAwait(false);
        _isPausing = false;
        if (!_isClosed) Tell(static events => events.OnWritable());
    }

    private async Task GiveUpOnWindowAsync()
    {
        // A process that ends loses its windows first; its end is told by itself.
        await Task.Delay(CopyDataLimits.WindowlessMax).ConfigureAwait(false);
        EndByPeer(CloseKind.Failed, "The peer's window is gone although its process lives.");
    }

    private void Tell(Action<ILinkEvents> what)
    {
        if (_events is { } events) _home.Tell(what, events);
    }

    private sealed record PeerEnd(CloseKind Kind, string Message);
}
