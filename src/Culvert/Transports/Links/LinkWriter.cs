using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Culvert.Transports.Links;

/// <summary>
/// Writes a link. FlushAsync hands all that was written to the mechanism at once, on the calling thread; only when
/// there is no room does it wait, and the poller thread that hears of room goes on.
/// </summary>
internal sealed class LinkWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    private readonly LinkConnection _connection;
    private readonly LinkOutput _output;

    // Guards the fields below between the writer, the poller threads, cancellation and dispose. Never held while
    // sending or while the user's code runs.
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private CancellationTokenRegistration _registration;
    private State _state;
    private bool _roomSeen;
    private bool _hasCaller;
    private bool _cancelPending;
    private OperationCanceledException? _tokenCancelled;
    private bool _completed;
    private bool _broken;
    private bool _isMessages;

    public LinkWriter(LinkConnection connection, LinkOutput output)
    {
        _connection = connection;
        _output = output;
    }

    private enum State
    {
        /// <summary>Nobody sends.</summary>
        Idle,

        /// <summary>One thread is sending, and alone touches the queue.</summary>
        Sending,

        /// <summary>There is no room; an event will go on.</summary>
        Waiting,
    }

    /// <summary>Completes when the output has ended, in good order or not.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Somebody waits for room.</summary>
    public bool IsWaiting => _state == State.Waiting;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _output.Length;

    /// <summary>From now on whole messages are put into the output itself, and this waits for room alone, by
    /// <see cref="WaitAsync"/>.</summary>
    public void BeginMessages()
    {
        if (_output.Length > 0)
        {
            throw new InvalidOperationException(
                "The Output of this connection holds bytes that were not sent; write either bytes or messages.");
        }

        _isMessages = true;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfNoBytes();
        return _output.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        ThrowIfNoBytes();
        return _output.GetSpan(sizeHint);
    }

    public override void Advance(int bytes) => _output.Advance(bytes);

    /// <summary>Sends the caller's bytes from where they are; only what finds no room is copied.</summary>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfNoBytes();
        if (source.IsEmpty || cancellationToken.IsCancellationRequested || !TryBeginDirect())
        {
            _output.Write(source.Span);
            return WaitAsync(cancellationToken);
        }

        if (_output.Send(source) == LinkResult.Broken) _broken = true;
        return SendAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfMessages();
        return WaitAsync(cancellationToken);
    }

    /// <summary>As <see cref="FlushAsync"/>, also for who sends messages.</summary>
    public ValueTask<FlushResult> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        lock (_gate)
        {
            if (_completed || _broken) return new(new FlushResult(isCanceled: false, isCompleted: true));
            if (_cancelPending)
            {
                _cancelPending = false;
                return new(new FlushResult(isCanceled: true, isCompleted: false));
            }

            if (_state != State.Idle) throw new InvalidOperationException("Another flush is still waiting.");
            BeginFlush();
        }

        return SendAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        lock (_gate) _cancelPending = true;
        CancelIfAsked();
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            _connection.Abort($"The writer failed: {exception.Message}");
            return;
        }

        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
            if (_broken || _state != State.Idle) return; // Whoever sends sees it when the bytes are gone.
            _state = State.Sending;
        }

        TrySendAll(isFlush: false);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        await _finished.Task.ConfigureAwait(false);
    }

    /// <summary>A send may find room.</summary>
    public void OnWritable()
    {
        lock (_gate)
        {
            _roomSeen = true;
            if (_state != State.Waiting) return;
            _state = State.Sending;
        }

        Proceed(hop: false);
    }

    /// <summary>Nothing can be sent any more. Whoever waits is told, on another thread when this side closed.</summary>
    public void OnBroken(bool hop)
    {
        lock (_gate)
        {
            _broken = true;
            if (_state == State.Sending) return; // The next send fails, and the sender tells.
            if (_state == State.Waiting) _state = State.Sending;
            else
            {
                _finished.TrySetResult();
                return;
            }
        }

        Proceed(hop);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void ThrowIfNoBytes()
    {
        ThrowIfMessages();
        if (_completed) throw new InvalidOperationException("The output of this connection was completed.");
    }

    private void ThrowIfMessages()
    {
        if (_isMessages)
        {
            throw new InvalidOperationException(
                "This connection is written by messages; its Output takes no bytes any more. Use Messages.Writer "
                + "instead.");
        }
    }

    /// <summary>Takes <see cref="State.Sending"/> for bytes that are not in the queue, if nothing stands before
    /// them.</summary>
    private bool TryBeginDirect()
    {
        lock (_gate)
        {
            if (_completed || _broken || _cancelPending || _state != State.Idle || _output.Length > 0) return false;
            _roomSeen = false;
            BeginFlush();
            return true;
        }
    }

    /// <summary>Under the gate.</summary>
    private void BeginFlush()
    {
        _state = State.Sending;
        _tokenCancelled = null;
        _source.Reset();
        _source.RunContinuationsAsynchronously = false;
    }

    /// <summary>A flush whose caller has taken <see cref="State.Sending"/>.</summary>
    private ValueTask<FlushResult> SendAsync(CancellationToken cancellationToken)
    {
        if (TrySendAll(isFlush: true)) return new(new FlushResult(isCanceled: false, isCompleted: _broken));
        CancelIfAsked();
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((LinkWriter)state!).OnToken(token), this);
        }

        return new ValueTask<FlushResult>(this, _source.Version);
    }

    private void Proceed(bool hop)
    {
        if (!TrySendAll(isFlush: false))
        {
            CancelIfAsked();
            return;
        }

        lock (_gate)
        {
            if (!_hasCaller) return;
            _hasCaller = false;
        }

        _source.RunContinuationsAsynchronously = hop;
        _source.SetResult(new FlushResult(isCanceled: false, isCompleted: _broken));
    }

    private void OnToken(CancellationToken token)
    {
        lock (_gate) _tokenCancelled = new OperationCanceledException(token);
        CancelIfAsked();
    }

    /// <summary>Ends a waiting flush whose cancellation was asked for, leaving its bytes for the next one. While a
    /// thread is sending none is waiting: so that thread calls this, too, when it found no room.</summary>
    private void CancelIfAsked()
    {
        OperationCanceledException? exception;
        lock (_gate)
        {
            exception = _tokenCancelled;
            if (_state != State.Waiting || !_hasCaller || (exception is null && !_cancelPending)) return;
            _hasCaller = false;
            if (exception is null) _cancelPending = false;
            if (!_completed) _state = State.Idle;
        }

        _source.RunContinuationsAsynchronously = true;
        if (exception is not null) _source.SetException(exception);
        else _source.SetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    /// <summary>
    /// Sends until the queue is empty or there is no room; the caller owns <see cref="State.Sending"/>, which ends
    /// here. Returns false when an event must go on.
    /// </summary>
    private bool TrySendAll(bool isFlush)
    {
        while (true)
        {
            while (_output.Length > 0 && !_broken)
            {
                lock (_gate) _roomSeen = false; // Before the send: an event during it must not be missed.
                var count = _output.Send();
                if (count > 0) continue;
                if (count == LinkResult.Broken)
                {
                    _broken = true;
                    break;
                }

                lock (_gate)
                {
                    if (_roomSeen || _broken) continue;
                    if (isFlush) _hasCaller = true;
                    _state = State.Waiting;
                    return false;
                }
            }

            if (TryFinish()) return true;
        }
    }

    private bool TryFinish()
    {
        if (_broken) _output.Clear();
        bool end;
        lock (_gate)
        {
            if (_output.Length > 0) return false;
            end = _completed && !_broken;
            if (!end) _state = State.Idle;
        }

        if (end)
        {
            // The state stays Sending, which keeps everyone else out for good.
            _connection.EndOutput();
        }

        if (end || _broken) _finished.TrySetResult();
        return true;
    }
}
