using System.IO.Pipelines;
using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>The connection over any link: who closed first, and what the reader and the writer get to know of
/// it.</summary>
internal sealed class LinkConnection : Connection, ILinkEvents
{
    private readonly Link _link;
    private readonly LinkReader _reader;
    private readonly LinkWriter _writer;
    private readonly TaskCompletionSource<CloseReason> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the fields below: both directions may end at the same time on two threads, and only one of them
    // may see that it was the second.
    private readonly Lock _gate = new();
    private CloseReason _reason;
    private volatile CloseKind _kind;
    private volatile bool _inputEnded;
    private bool _outputEnded;
    private volatile bool _aborted;
    private volatile Task? _disposed;
    private MessageChannel? _messages;

    public LinkConnection(Link link, Endpoint endpoint, Peer peer)
    {
        _link = link;
        Endpoint = endpoint;
        Peer = peer;
        _reader = new LinkReader(this, link.CreateInput());
        _writer = new LinkWriter(this, link.CreateOutput());
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    /// <summary><see cref="Input"/>, for who takes messages.</summary>
    public LinkReader Reader => _reader;

    /// <summary><see cref="Output"/>, for who sends messages.</summary>
    public LinkWriter Writer => _writer;

    public override MessageChannel? Messages
    {
        get
        {
            lock (_gate) return _messages ??= _link.CreateMessages(this);
        }
    }

    public override Peer Peer { get; }

    public override Endpoint Endpoint { get; }

    public override Task<CloseReason> Closed => _closed.Task;

    /// <summary>This side disposed or aborted: nothing more is received.</summary>
    public bool IsClosedHere => _aborted || _kind == CloseKind.LocalClosed || _disposed is not null;

    /// <summary>Begins to listen to the link.</summary>
    public LinkConnection Start()
    {
        _link.Start(this);
        return this;
    }

    public override void Abort(string message)
    {
        SetReason(CloseKind.LocalAborted, message);
        _aborted = true;
        _link.Abort();

        // Also when the peer was first: a reader that found nothing when it was told of that waits for an event, and a
        // closed link has none.
        _writer.OnBroken(hop: true);
        _reader.OnClosedHere();
    }

    public override ValueTask DisposeAsync()
    {
        TaskCompletionSource started;
        lock (_gate)
        {
            if (_disposed is not null) return new ValueTask(_disposed);
            started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _disposed = started.Task;
        }

        return new ValueTask(CloseAsync(started));
    }

    public void OnReadable() => _reader.OnReadable();

    public void OnWritable() => _writer.OnWritable();

    public void OnReadableAndWritable()
    {
        if (_writer.IsWaiting && _reader.IsWaiting)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.OnWritable(), _writer, preferLocal: false);
        }
        else
        {
            _writer.OnWritable();
        }

        _reader.OnReadable();
    }

    public void OnPeerGone(CloseKind kind, string message)
    {
        if (!SetReason(kind, message)) return;

        // The reader itself may have found out, on the thread of the one who reads: the writer's code runs elsewhere.
        _writer.OnBroken(hop: true);
        _reader.OnReadable();
    }

    /// <summary>The peer said that no more comes, and all was received.</summary>
    public void OnInputEnded()
    {
        lock (_gate)
        {
            _inputEnded = true;
            if (!_outputEnded) return;
        }

        SetReason(CloseKind.Completed, "Both sides completed.");
    }

    /// <summary>The last byte was handed over; the peer is told.</summary>
    public void EndOutput()
    {
        bool both;
        lock (_gate)
        {
            _outputEnded = true;
            both = _inputEnded;
        }

        _link.EndOutput(isClosing: _disposed is not null);
        if (both) SetReason(CloseKind.Completed, "Both sides completed.");
    }

    /// <summary>Throws what a reader gets when the bytes ended in no good order.</summary>
    public void ThrowIfInputFailed()
    {
        if (_kind is CloseKind.None or CloseKind.Completed or CloseKind.PeerClosed or CloseKind.PeerDied)
        {
            if (!IsClosedHere || _inputEnded) return;
        }

        var message = _closed.Task.IsCompleted ? _reason.Message : "This side closed the connection.";
        throw new ConnectionException(ConnectionError.Closed, message);
    }

    private async Task CloseAsync(TaskCompletionSource done)
    {
        try
        {
            _writer.Complete();
            if (!_writer.Finished.IsCompleted)
            {
                // The peer does not take the last bytes; it has this long.
                await _writer.Finished.WaitAsync(LinkLimits.LingerMax).ConfigureAwait(false);
            }

            SetReason(CloseKind.LocalClosed, "This side closed the connection.");
            _link.Close();
        }
        catch (TimeoutException)
        {
            Abort("The peer did not take the last bytes in time, so this side gave up.");
        }
        finally
        {
            _link.Close();
            _writer.OnBroken(hop: true);
            _reader.OnClosedHere();
            await _link.CloseFinished.ConfigureAwait(false);
            done.TrySetResult();
        }
    }

    /// <summary>Sets the one reason; returns false when there was one.</summary>
    private bool SetReason(CloseKind kind, string message)
    {
        lock (_gate)
        {
            if (_kind != CloseKind.None) return false;
            _reason = new CloseReason(kind, message);
            _kind = kind;
        }

        _closed.TrySetResult(_reason);
        return true;
    }
}
