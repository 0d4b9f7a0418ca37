using System.Buffers;
using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>
/// Two streams of one direction each as one link. When one of them has lost the peer it may be a half-close, a close
/// under way or the end of a process: the <see cref="IPeerFate"/> tells, and the reader hears of the end only then.
/// </summary>
internal sealed class StreamPairLink(ByteLink input, ByteLink output, IPeerFate fate) : ByteLink
{
    // Guards what follows between the events of the two, the fate's answer, and whoever reads or closes.
    private readonly Lock _gate = new();
    private ILinkEvents? _events;
    private bool _inputGone;
    private bool _outputGone;
    private bool _outputEnded;
    private bool _closed;
    private bool _isAsking;
    private bool _askAgain;
    private bool _isEndKnown;
    private string? _failure;

    public override void Start(ILinkEvents events)
    {
        _events = events;
        output.Start(new OutputEvents(this));
        try
        {
            input.Start(new InputEvents(this));
        }
        catch
        {
            output.Close();
            throw;
        }
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        var count = input.Receive(destination, out mayHaveMore);
        if (count != LinkResult.End && (count != LinkResult.Broken || _closed)) return count;
        lock (_gate)
        {
            if (_failure is not null) return LinkResult.Broken;
            if (_isEndKnown) return LinkResult.End;
            _inputGone = true;
        }

        Ask();
        lock (_gate) return _isEndKnown ? LinkResult.End : LinkResult.WouldBlock;
    }

    public override int Send(in ReadOnlySequence<byte> bytes) => output.Send(bytes);

    public override void EndOutput(bool isClosing)
    {
        lock (_gate) _outputEnded = true;
        output.EndOutput(isClosing);
        if (!isClosing) output.Close();
    }

    public override void Close()
    {
        lock (_gate) _closed = true;
        output.Close();
        input.Close();
    }

    public override void Abort()
    {
        lock (_gate) _closed = true;
        output.Abort();
        input.Abort();
    }

    private void OnGone(bool isInput, CloseKind kind, string message)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (isInput) _inputGone = true;
            else _outputGone = true;
            if (kind == CloseKind.Failed) _failure = message;
        }

        if (kind == CloseKind.Failed) _events!.OnPeerGone(kind, message);
        else Ask();
    }

    private void Ask()
    {
        lock (_gate)
        {
            _askAgain = true;
            if (_isAsking) return;
            _isAsking = true;
            _askAgain = false;
        }

        fate.Ask(OnFate);
    }

    private void OnFate(CloseReason reason)
    {
        bool tellsClose;
        bool askAgain;
        lock (_gate)
        {
            _isAsking = false;
            askAgain = _askAgain && reason.Kind == CloseKind.None; // What was told since may have changed the answer.
            _isEndKnown |= _inputGone;
            tellsClose = _inputGone && _outputGone && !_outputEnded;
        }

        if (reason.Kind == CloseKind.PeerDied) _events!.OnPeerGone(reason.Kind, reason.Message);
        else if (tellsClose)
        {
            var message = reason.Kind == CloseKind.None ? "The peer closed the connection." : reason.Message;
            _events!.OnPeerGone(CloseKind.PeerClosed, message);
        }

        _events!.OnReadable();
        if (askAgain) Ask();
    }

    private sealed class InputEvents(StreamPairLink pair) : ILinkEvents
    {
        public void OnReadable() => pair._events!.OnReadable();

        public void OnWritable()
        {
        }

        public void OnReadableAndWritable() => OnReadable();

        public void OnPeerGone(CloseKind kind, string message) => pair.OnGone(isInput: true, kind, message);
    }

    private sealed class OutputEvents(StreamPairLink pair) : ILinkEvents
    {
        public void OnReadable()
        {
        }

        public void OnWritable() => pair._events!.OnWritable();

        public void OnReadableAndWritable() => OnWritable();

        public void OnPeerGone(CloseKind kind, string message) => pair.OnGone(isInput: false, kind, message);
    }
}
