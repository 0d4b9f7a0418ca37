using Culvert.Collector.Spool;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs;

/// <summary>
/// Carries entries from the spool, or what stands for it, into a sink: moves the output's cursor over what the sink
/// confirmed, waits when there is no room, and after a failure begins anew at the cursor, with pauses that grow. What
/// every output but the store is driven by.
/// </summary>
internal sealed class SpoolPump : IOutput
{
    private readonly Func<IOutputSink> _createSink;
    private readonly Func<IEntryReader> _open;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ReconnectDelay _delay =
        new(Random.Shared, OutputLimits.RetryDelayMin, OutputLimits.RetryDelayMax);
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private ulong _committed;

    /// <param name="status">Under whose name the spool keeps the cursor.</param>
    /// <param name="createSink">Makes a sink, again after each failure.</param>
    /// <param name="spool">The collector's spool.</param>
    /// <param name="logger">See <see cref="OutputLog"/>.</param>
    /// <param name="time">The clock of pauses.</param>
    public SpoolPump(
        OutputStatus status, Func<IOutputSink> createSink, LogSpool spool, ILogger logger, TimeProvider time)
        : this(status, createSink, () => spool.OpenReader(status.Name), logger, time)
    {
    }

    /// <param name="status">How it fares, told here.</param>
    /// <param name="createSink">Makes a sink, again after each failure.</param>
    /// <param name="open">Opens what is read at the first record that is not delivered.</param>
    /// <param name="logger">See <see cref="OutputLog"/>.</param>
    /// <param name="time">The clock of pauses.</param>
    public SpoolPump(
        OutputStatus status, Func<IOutputSink> createSink, Func<IEntryReader> open, ILogger logger, TimeProvider time)
    {
        (Status, _createSink, _open, _logger, _time) = (status, createSink, open, logger, time);
        // The cursor is there from now on, so that nothing is deleted that the output has not had.
        using var reader = open();
        _committed = reader.Position;
    }

    public OutputStatus Status { get; }

    public void Start() => _run = Task.Run(RunAsync);

    /// <summary>Delivers what was handed over, for up to three seconds, and ends. A sink that hangs is left
    /// behind.</summary>
    public async ValueTask DisposeAsync()
    {
        Status.Stopped();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.WaitAsync(OutputLimits.StopWithin * 2, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_run.IsCompleted) _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await PumpAsync().ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it was: an output that ends unseen would look healthy and ship nothing.
                if (Status.Trouble(exception.Message)) OutputLog.Failed(_logger, Status.Name, exception.Message);
                Status.CountRetry();
                await Task.Delay(_delay.Next(), _time, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The life of one sink.</summary>
    private async Task PumpAsync()
    {
        await using var sink = _createSink();
        await sink.OpenAsync(_stop.Token).ConfigureAwait(false);
        using var reader = _open();
        _committed = reader.Position;
        try
        {
            if (reader.IsAtEnd) Delivers();
            while (true)
            {
                while (reader.TryRead(out var entry))
                {
                    await WriteAsync(sink, reader, entry).ConfigureAwait(false);
                    _stop.Token.ThrowIfCancellationRequested();
                }

                await CommittingAsync(sink, reader, sink.FlushAsync(_stop.Token).AsTask()).ConfigureAwait(false);
                // All that was read is confirmed; what could not be read lies behind it and is passed with it.
                Commit(reader, reader.Position);
                if (!await WaitAsync(sink, reader).ConfigureAwait(false)) return;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await FinishAsync(sink, reader).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> WaitAsync(IOutputSink sink, IEntryReader reader)
    {
        if (sink.Ended is not { } ended) return await reader.WaitAsync(_stop.Token).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var more = reader.WaitAsync(over.Token).AsTask();
        if (await Task.WhenAny(more, ended).ConfigureAwait(false) == more) return await more.ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await ((Task)more).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended.ConfigureAwait(false);
        return true;
    }

    private async ValueTask WriteAsync(IOutputSink sink, IEntryReader reader, SpoolEntry entry)
    {
        // The first entry may begin below the cursor.
        var index = entry.Position < _committed ? (int)(_committed - entry.Position) : 0;
        while (index < entry.RecordCount)
        {
            index = sink.Write(entry, index);
            Commit(sink, reader);
            if (index < entry.RecordCount)
                await CommittingAsync(sink, reader, sink.WaitForRoomAsync(_stop.Token).AsTask()).ConfigureAwait(false);
        }
    }

    /// <summary>Waits, and lets the cursor follow meanwhile.</summary>
    private async ValueTask CommittingAsync(IOutputSink sink, IEntryReader reader, Task wait)
    {
        while (!wait.IsCompleted)
        {
            await wait.WaitAsync(OutputLimits.CommitInterval, _time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Commit(sink, reader);
        }

        await wait.ConfigureAwait(false);
        Commit(sink, reader);
    }

    private void Commit(IOutputSink sink, IEntryReader reader) => Commit(reader, sink.Confirmed);

    private void Commit(IEntryReader reader, ulong confirmed)
    {
        if (confirmed <= _committed) return;
        reader.Commit(confirmed);
        _committed = confirmed;
        Delivers();
    }

    private void Delivers()
    {
        _delay.Reset();
        var wasTroubled = Status.Snapshot().State == OutputState.Retrying;
        Status.Running();
        if (wasTroubled) OutputLog.Recovered(_logger, Status.Name);
    }

    private async Task FinishAsync(IOutputSink sink, IEntryReader reader)
    {
        using var deadline = new CancellationTokenSource(OutputLimits.StopWithin, _time);
        try
        {
            await sink.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception
            is OperationCanceledException or OutputException or IOException or UnauthorizedAccessException)
        {
            // What is not confirmed stays in the spool and is delivered after the next start.
        }

        Commit(sink, reader);
    }
}
