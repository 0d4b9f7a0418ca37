using Culvert.Connections;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// How the two ends of a byte pipe tell each other of its end, which the pipe itself does not: by messages of no bytes,
/// which take no room and so get through also when the pipe is full. Nothing is read of what follows the second.
/// <code>
///   one, and the pipe breaks     aborted
///   two                          no more comes, and the sender goes on reading
///   two, and the pipe breaks     aborted after that
///   three                        closed in good order
///   none, and the pipe breaks    closed by a foreign program, or died
/// </code>
/// An end is told by two, since one could be the first of an abort, and a reader must not take that for a good end. Why
/// so: docs/decisions/0006-pipe-ends.md.
/// </summary>
internal sealed class PipeMarks
{
    public const int Aborted = 1;
    public const int Ended = 2;
    public const int Closed = 3;

    private int _sent;
    private int _received;

    /// <summary>The peer has said that no more comes.</summary>
    public bool HasEnded => _received >= Ended;

    /// <summary>The peer has said that it closed.</summary>
    public bool HasClosed => _received >= Closed;

    /// <summary>How many more must be sent until there were so many.</summary>
    public int SendUntil(int count)
    {
        var more = Math.Max(count - _sent, 0);
        _sent += more;
        return more;
    }

    public void Receive() => _received++;

    /// <summary>What it means that the pipe broke.</summary>
    /// <param name="hasExited">The peer's process is known to have ended.</param>
    public CloseKind OnBroken(bool hasExited)
    {
        if (HasClosed) return CloseKind.PeerClosed;
        if (hasExited) return CloseKind.PeerDied;
        return _received == 0 ? CloseKind.PeerClosed : CloseKind.PeerAborted;
    }
}
