using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>
/// Reads a link. Bytes are received by ReadAsync itself, or by the poller thread that heard of them and then runs the
/// reader's continuation: no thread is changed in between, and no buffer is held while nothing comes.
/// </summary>
internal sealed class LinkReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly LinkConnection _connection;
    private readonly LinkInput _input;

    // Guards the flags below between the reader, the poller threads, cancellation and dispose. Never held while
    // receiving or while the user's code runs.
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private long _examined;
    private bool _readable = true;
    private bool _waiting;
    private bool _cancelPending;
    private bool _tokenCancelled;
    private bool _ended;
    private bool _completed;
    private bool _isMessages;

    public LinkReader(LinkConnection connection, LinkInput input)
    {
        _connection = connection;
        _input = input;
    }

    /// <summary>Somebody waits for bytes.</summary>
    public bool IsWaiting => Volatile.Read(ref _waiting);

    /// <summary>From now on whole messages are taken from the input itself, and this tells by
    /// <see cref="WaitAsync"/> when one is there.</summary>
    public void BeginMessages()
    {
        if (_waiting || _input.Length > 0)
        {
            throw new InvalidOperationException(
                "The Input of this connection still waits for bytes, or holds some that were not consumed; read either "
                + "bytes or messages.");
        }

        _isMessages = true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfMessages();
        return WaitAsync(cancellationToken);
    }

    /// <summary>As <see cref="ReadAsync"/>, also for who takes messages.</summary>
    public ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (_waiting) throw new InvalidOperationException("Another read of this connection is still waiting.");
        while (true)
        {
            if (TryReadNow(out var result)) return new ValueTask<ReadResult>(result);
            lock (_gate)
            {
                if (_readable || _cancelPending) continue;
                _source.Reset();
                _source.RunContinuationsAsynchronously = false;
                _tokenCancelled = false;
                _token = cancellationToken;
                _waiting = true;
            }

            var version = _source.Version;
            if (cancellationToken.CanBeCanceled)
            {
                _registration = cancellationToken.UnsafeRegister(static state => ((LinkReader)state!).OnToken(), this);
            }

            return new ValueTask<ReadResult>(this, version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfMessages();
        return TryReadNow(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var consumedCount = _input.OffsetOf(consumed);
        _examined = Math.Max(_input.OffsetOf(examined), consumedCount) - consumedCount;
        _input.Consume(consumedCount);
    }

    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            _cancelPending = true;
            if (!_waiting) return;
        }

        Resume(hop: true);
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (_waiting) return; // The buffers are in use by the one who waits; they go with the connection.
        _input.Clear();
        if (exception is not null) _connection.Abort($"The reader failed: {exception.Message}");
    }

    /// <summary>A receive may bring something.</summary>
    public void OnReadable()
    {
        lock (_gate)
        {
            _readable = true;
            if (!_waiting) return;
        }

        Resume(hop: false);
    }

    /// <summary>The connection was closed or aborted by this side: whoever waits gets the reason, on another thread,
    /// since the one that closes may hold locks of its own.</summary>
    public void OnClosedHere()
    {
        lock (_gate)
        {
            _readable = true;
            if (!_waiting) return;
        }

        Resume(hop: true);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        // Waits for a callback that is running, so that a late one cannot cancel the next read.
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void ThrowIfMessages()
    {
        if (_isMessages)
        {
            throw new InvalidOperationException(
                "This connection is read by messages; its Input gives no bytes any more. Use Messages.Reader instead.");
        }
    }

    private void OnToken()
    {
        lock (_gate)
        {
            _tokenCancelled = true;
            if (!_waiting) return;
        }

        Resume(hop: true);
    }

    /// <summary>Takes the wait over, if it is still there, and completes it unless there is nothing to say
    /// yet.</summary>
    private void Resume(bool hop)
    {
        lock (_gate)
        {
            if (!_waiting) return;
            _waiting = false;
        }

        while (true)
        {
            if (_tokenCancelled)
            {
                Fail(new OperationCanceledException(_token), hop);
                return;
            }

            ReadResult result;
            try
            {
                if (TryReadNow(out result))
                {
                    _source.RunContinuationsAsynchronously = hop;
                    _source.SetResult(result);
                    return;
                }
            }
            catch (ConnectionException e)
            {
                Fail(e, hop);
                return;
            }

            lock (_gate)
            {
                if (_readable || _cancelPending || _tokenCancelled) continue;
                _waiting = true;
                return;
            }
        }
    }

    private void Fail(Exception exception, bool hop)
    {
        _source.RunContinuationsAsynchronously = hop;
        _source.SetException(exception);
    }

    private bool TryReadNow(out ReadResult result)
    {
        if (_completed) throw new InvalidOperationException("The input of this connection was completed.");
        lock (_gate)
        {
            if (_cancelPending)
            {
                _cancelPending = false;
                result = new ReadResult(_input.Sequence, isCanceled: true, _ended);
                return true;
            }
        }

        if (_input.Length > _examined || TryReceive())
        {
            result = new ReadResult(_input.Sequence, isCanceled: false, isCompleted: false);
            return true;
        }

        result = default;
        if (!_ended) return false;
        _connection.ThrowIfInputFailed();
        result = new ReadResult(_input.Sequence, isCanceled: false, isCompleted: true);
        return true;
    }

    private bool TryReceive()
    {
        lock (_gate)
        {
            if (_ended || !_readable) return false;

            // Cleared before the receive: an event that comes during it sets it again, so none is missed.
            _readable = false;
        }

        if (_connection.IsClosedHere)
        {
            _ended = true;
            return false;
        }

        var count = _input.Receive(out var mayHaveMore);
        if (count > 0)
        {
            if (mayHaveMore) MarkReadable();
            return true;
        }

        if (count == LinkResult.WouldBlock) return false;
        _ended = true;
        if (count == LinkResult.End) _connection.OnInputEnded();
        return false;
    }

    private void MarkReadable()
    {
        lock (_gate) _readable = true;
    }
}
