using Culvert.Collector.Outputs;
using Culvert.Collector.Spool;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>Carries records from the spool into the store, for as long as the collector runs.</summary>
/// <remarks>Start once, then stop once. The writer belongs to it and is disposed with it.</remarks>
internal sealed class StoreOutput : IOutput
{
    /// <summary>Its type in the configuration, and its name where nobody gave another.</summary>
    public const string Type = "store";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromMinutes(1);

    private readonly StoreWriter _writer;
    private readonly SpoolReader _reader;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource? _flush;
    private TaskCompletionSource _wake = NewSignal();
    private Task _run = Task.CompletedTask;
    private long _retentionTimestamp;

    /// <param name="writer">Opened already; its cursor decides where reading begins.</param>
    /// <param name="spool">The collector's spool.</param>
    /// <param name="logger">See <see cref="StoreLog"/>.</param>
    /// <param name="time">For the age of what waits.</param>
    /// <param name="name">Its name in the configuration and in the spool's checkpoint.</param>
    public StoreOutput(
        StoreWriter writer, LogSpool spool, ILogger logger, TimeProvider? time = null, string name = Type)
    {
        if (spool.NextPosition < writer.Cursor)
        {
            throw new StoreException(
                $"The spool ends at position {spool.NextPosition}, but the store has records up to {writer.Cursor}: "
                + "the spool was "
                + "replaced. Move the store's folder away, or put the spool back.");
        }

        (_writer, _logger, _time) = (writer, logger, time ?? TimeProvider.System);
        Status = new OutputStatus(name, Type, _time);
        _reader = spool.OpenReader(name, writer.Cursor);
        _retentionTimestamp = _time.GetTimestamp();
    }

    public OutputStatus Status { get; }

    public StoreStats Stats => _writer.Stats;

    public void Start()
    {
        Status.Running();
        _run = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Completes when all that is durable in the spool now is in blocks.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (Interlocked.CompareExchange(ref _flush, flush, null) is { } other)
            await other.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Read(ref _wake).TrySetResult();
        await Task.WhenAny(flush.Task, _run).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores what the spool has, for up to three seconds, then stops. The rest stays in the spool.</summary>
    public async ValueTask DisposeAsync()
    {
        Status.Stopped();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        Interlocked.Exchange(ref _flush, null)?.TrySetResult();
        _reader.Dispose();
        _writer.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var hasRead = ReadSome();
                ApplyRetention();
                if (!hasRead) await WaitAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is StoreException or IOException)
            {
                StoreLog.WriteFailed(_logger, exception.Message, RetryAfter);
                Status.Trouble($"The store could not write: {exception.Message}");
                Status.CountRetry();
                await Task.Delay(RetryAfter, _time, CancellationToken.None).WaitAsync(stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Finish();
    }

    /// <summary>Reads up to the next commit; false when the spool has nothing more for now.</summary>
    private bool ReadSome()
    {
        if (_writer.IsDue) Commit();
        while (_reader.TryRead(out var entry))
        {
            _writer.Add(entry);
            if (!_writer.IsDue) continue;
            Commit();
            return true;
        }

        if (Volatile.Read(ref _flush) is not { } flush) return false;
        Commit();
        Interlocked.CompareExchange(ref _flush, null, flush);
        flush.TrySetResult();
        return true;
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        var wake = NewSignal();
        Volatile.Write(ref _wake, wake);
        // Partner of FlushAsync, which sets the flag before it signals: one of the two sees the other.
        if (Volatile.Read(ref _flush) is not null) return;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var readable = _reader.WaitAsync(cancel.Token).AsTask();
        var due = _writer.DueIn;
        // A spool that is closed has nothing more to wait for; what is pending is committed when it is due.
        var delay = Task.Delay(due < TimeSpan.Zero ? RetentionInterval : due, _time, cancel.Token);
        var first = await Task.WhenAny(readable, delay, wake.Task).ConfigureAwait(false);
        if (first == readable && readable.IsCompletedSuccessfully && !await readable.ConfigureAwait(false))
            await Task.WhenAny(delay, wake.Task).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
        await ((Task)readable).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Commit()
    {
        _writer.Commit();
        _reader.Commit(_writer.Cursor);
        Status.Running();
    }

    private void ApplyRetention()
    {
        if (_time.GetElapsedTime(_retentionTimestamp) < RetentionInterval) return;
        _retentionTimestamp = _time.GetTimestamp();
        _writer.ApplyRetention();
    }

    private void Finish()
    {
        try
        {
            // A long backlog is as safe in the spool as in the store, and a stop that takes minutes is killed.
            var started = _time.GetTimestamp();
            while (_time.GetElapsedTime(started) < StopWithin && _reader.TryRead(out var entry))
            {
                _writer.Add(entry);
                if (_writer.IsDue) Commit();
            }

            Commit();
        }
        catch (Exception exception) when (exception is StoreException or IOException)
        {
            StoreLog.WriteFailed(_logger, exception.Message, TimeSpan.Zero);
        }
    }
}
