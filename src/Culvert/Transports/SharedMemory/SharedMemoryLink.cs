using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// A connection over two rings, and over the control connection by which they were set up. That one carries no data: a
/// byte on it wakes a side that sleeps, and its end tells how the peer ended.
/// </summary>
internal sealed class SharedMemoryLink : Link, ILinkEvents
{
    private static int _stayers;

    private readonly ByteLink _control;
    private readonly SharedSection _section;
    private readonly Endpoint _endpoint;
    private readonly SharedRing _incoming;
    private readonly RingReader _reader;
    private readonly SharedRing _outgoing;
    private readonly RingWriter _writer;
    private readonly byte[] _bells = new byte[64];

    // One thread at a time empties the control connection.
    private readonly Lock _bellGate = new();
    private ILinkEvents? _events;
    private RingInput? _input;
    private RingOutput? _output;
    private volatile bool _outputEnded;
    private volatile int _gone = LinkResult.WouldBlock;

    /// <param name="control">Connected to the process that has the other end; its handle is this link's.</param>
    /// <param name="section">Shared with that process.</param>
    /// <param name="isListener">Which of the rings this side writes.</param>
    /// <param name="endpoint">For messages to a person.</param>
    public SharedMemoryLink(ByteLink control, SharedSection section, bool isListener, Endpoint endpoint)
    {
        (_control, _section, _endpoint) = (control, section, endpoint);
        (_incoming, _outgoing) = isListener
            ? (section.ToListener, section.ToClient)
            : (section.ToClient, section.ToListener);
        _reader = new RingReader(section, _incoming);
        _writer = new RingWriter(section, _outgoing);
    }

    /// <summary>What a reader is told once the ring is empty: WouldBlock while the peer is there, then how it
    /// ended.</summary>
    public int Gone => _gone;

    public override LinkInput CreateInput() =>
        _input = new RingInput(this, _reader, _section.MemoryOf(_incoming));

    public override LinkOutput CreateOutput() =>
        _output = new RingOutput(this, _writer, _section.MemoryOf(_outgoing));

    public override MessageChannel CreateMessages(LinkConnection connection) => new RingMessages(
        connection, _writer.LengthMax,
        () => new RingMessageWriter(connection, this, _writer, _output!),
        () => new RingMessageReader(connection, this, _reader, _input!));

    public override void Start(ILinkEvents events)
    {
        _events = events;
        _control.Start(this);
    }

    public override void EndOutput(bool isClosing)
    {
        _outputEnded = true;
        _writer.PublishEnd();
        if (_writer.WakeReader()) Wake();
    }

    public override void Close()
    {
        _control.Close();
        _section.Retire();
    }

    public override void Abort()
    {
        _control.Abort();
        _section.Retire();
    }

    /// <summary>Wakes the peer.</summary>
    public void Wake() => _control.Ring();

    /// <summary>The peer wrote what it never may: nothing more is taken from it.</summary>
    public int OnViolation()
    {
        _events!.OnPeerGone(
            CloseKind.ProtocolViolation,
            $"The peer of {_endpoint} wrote into the shared memory what it may not write there, so this side gave up.");
        Leave(LinkResult.Broken);
        _control.Abort();
        return LinkResult.Broken;
    }

    void ILinkEvents.OnReadable() => OnBell();

    void ILinkEvents.OnWritable() => OnBell();

    void ILinkEvents.OnReadableAndWritable() => OnBell();

    void ILinkEvents.OnPeerGone(CloseKind kind, string message)
    {
        // A peer that closes after this side has ended its output leaves nothing open: the reader finds its end.
        if (kind != CloseKind.PeerClosed || !_outputEnded) _events!.OnPeerGone(kind, message);
        Leave(kind is CloseKind.PeerAborted or CloseKind.Failed ? LinkResult.Broken : LinkResult.End);
    }

    /// <summary>After the reason was told: a reader that spins sees this at once, and without the reason it would take
    /// an abort for a good end.</summary>
    private void Leave(int gone)
    {
        _gone = gone;
        _events!.OnReadable();
    }

    private void OnBell()
    {
        lock (_bellGate)
        {
            while (_control.Receive(_bells, out var mayHaveMore) is var count)
            {
                if (count is LinkResult.End && _gone == LinkResult.WouldBlock) _gone = LinkResult.End;
                if (count <= 0 || !mayHaveMore) break;
            }
        }

        _events!.OnReadableAndWritable();
        Stay();
    }

    /// <summary>A poller thread stays for a while with the connection that it was woken for: while messages come one by
    /// one it is woken through the ring's flag, which takes half the time of a bell.</summary>
    private void Stay()
    {
        if (Interlocked.Increment(ref _stayers) <= SharedMemoryLimits.StayersMax)
        {
            while (_gone == LinkResult.WouldBlock && _reader.SleepOnFlag(SharedMemoryLimits.StayMs))
                _events!.OnReadable();
        }

        Interlocked.Decrement(ref _stayers);
    }
}
