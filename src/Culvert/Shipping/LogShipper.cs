using Culvert.Connections;
using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>
/// Hands log records to a collector over any endpoint: numbers them, keeps them in bounded memory until the collector
/// made them durable, connects in the background and comes back by itself. It never throws into the program.
/// </summary>
/// <remarks>Any thread; calls may overlap. Work in the background runs on the thread pool. After dispose, records are
/// dropped and counted.</remarks>
public sealed class LogShipper : IAsyncDisposable, IDisposable
{
    private static readonly AsyncLocal<bool> Shipping = new();

    private readonly LogShipperOptions _options;
    private readonly AsyncSignal _signal;
    private readonly AsyncSignal _retry;
    private readonly BatchMemory _memory;
    private readonly ShipperIdentity _identity;
    private readonly byte[] _resource;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _flushGate = new();
    private readonly List<(ulong Sequence, TaskCompletionSource Done)> _flushes = [];
    private readonly Task _running;
    private Connection? _connection;
    private Task? _disposing;
    private volatile bool _isConnected;
    private volatile bool _closing;
    private volatile string? _problem;

    private LogShipper(LogShipperOptions options)
    {
        _options = options;
        _signal = new AsyncSignal(options.Time);
        _retry = new AsyncSignal(options.Time);
        _memory = new BatchMemory(options, _signal) { Acknowledged = OnAcknowledged };
        _identity = ShipperIdentity.Create(options.Time);
        _resource = AttributeWriter.Encode(options.Resource);

        // The first log call may come from within a request; nothing of its context belongs into this loop.
        using (ExecutionContext.SuppressFlow()) _running = Task.Run(RunAsync);
    }

    /// <summary>Whether the caller is run by a shipper itself, and so must not wait for one.</summary>
    internal static bool IsShippingThread => Shipping.Value;

    /// <summary>Where encoded records go.</summary>
    internal IRecordSink Sink => _memory;

    /// <summary>The resource given in the options, encoded.</summary>
    internal byte[] Resource => _resource;

    internal TimeProvider Time => _options.Time;

    /// <summary>What became of the records so far.</summary>
    public LogShipperStatistics Statistics => _memory.Read(_isConnected, _problem);

    /// <summary>Starts a shipper. Throws <see cref="ArgumentException"/> for a wrong option, never because nobody
    /// listens.</summary>
    public static LogShipper Start(LogShipperOptions options)
    {
        options.Check();
        return new LogShipper(options);
    }

    /// <summary>Ships one record. Returns false when it was dropped.</summary>
    /// <param name="severity">How grave it is.</param>
    /// <param name="body">The message.</param>
    /// <param name="attributes">More about it; numbers, flags and texts keep their type.</param>
    public bool Write(Severity severity, string body, IEnumerable<KeyValuePair<string, object?>>? attributes = null)
    {
        var scratch = RecordScratch.Rent();
        try
        {
            var record = scratch.Begin(severity, UnixTime.NowNs(_options.Time));
            record.Body(body);
            var list = record.BeginAttributes();
            foreach (var (key, value) in attributes ?? []) list.Add(key, value);
            list.End();
            // A record that is too large has no content, which the sink refuses and counts like any other drop.
            record.EndRecord(list.Truncated);
            return _memory.Commit(severity, _resource, scratch.Content);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Waits until everything shipped before this call is durable. Returns false when the time is
    /// over.</summary>
    public async Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var target = _memory.BeginFlush();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_flushGate) _flushes.Add((target, done));
        OnAcknowledged();
        _retry.Set();
        try
        {
            await done.Task.WaitAsync(timeout, _options.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_flushGate) _flushes.RemoveAll(flush => flush.Done == done);
        }
    }

    /// <summary>Takes no more records, waits at most <see cref="LogShipperOptions.ShutdownTimeout"/> until all are
    /// durable, and counts the rest as undelivered. Idempotent.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_flushGate) return new ValueTask(_disposing ??= Task.Run(StopAsync));
    }

    /// <summary>The same, blocking.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task StopAsync()
    {
        _memory.Close();
        var flushed = await FlushAsync(_options.ShutdownTimeout);
        _closing = true;
        _signal.Set();
        _retry.Set();
        if (flushed && _isConnected)
            await Task.WhenAny(_running, Task.Delay(ShippingLimits.GoodbyeTimeout, _options.Time));
        await _stop.CancelAsync();
        Volatile.Read(ref _connection)?.Abort("The program ends.");
        _signal.Set();
        await _running;

        var undelivered = _memory.Abandon();
        if (undelivered > 0) TellUndelivered(undelivered);
    }

    private void TellUndelivered(ulong undelivered)
    {
        ShippingMetrics.CountUndelivered(undelivered);
        ShippingEvents.Log.Undelivered(_options.Endpoint, (long)undelivered);
        try
        {
            if (_options.OnUndelivered is { } tell) tell(Statistics);
            else Console.Error.WriteLine(
                $"culvert: {undelivered} log records could not be delivered to {_options.Endpoint}: " +
                $"{_problem ?? "the collector did not answer in time."}");
        }
        catch
        {
            // The callback and the error stream are the program's; the last word must not end it with an exception.
        }
    }

    private async Task RunAsync()
    {
        Shipping.Value = true;
        var delay = new ReconnectDelay(
            Random.Shared, ShippingLimits.ReconnectDelayMin, ShippingLimits.ReconnectDelayMax);
        while (!_stop.IsCancellationRequested && !IsDone())
        {
            try
            {
                await ConnectOnceAsync(delay);
            }
            catch (Exception exception)
            {
                // Whatever a transport, a proxy or a broken collector throws, the program goes on and it is tried
                // again.
                _isConnected = false;
                _problem = exception.Message;
                ShippingEvents.Log.Disconnected(_options.Endpoint, exception.Message);
            }

            if (_stop.IsCancellationRequested || IsDone()) return;
            await _retry.WaitAsync(delay.Next());
        }
    }

    private async Task ConnectOnceAsync(ReconnectDelay delay)
    {
        await using var connection = await ConnectAsync();
        Volatile.Write(ref _connection, connection);
        // The partner is StopAsync, which cancels and then aborts the connection that it sees.
        _stop.Token.ThrowIfCancellationRequested();
        try
        {
            var session = new ShipperSession(connection, _identity, _memory, _signal, _options.Time);
            await session.OpenAsync();
            (_isConnected, _problem) = (true, null);
            delay.Reset();
            ShippingMetrics.CountConnect();
            ShippingEvents.Log.Connected(_options.Endpoint, (long)Statistics.Undelivered);
            await session.RunAsync(IsDone);
        }
        finally
        {
            _isConnected = false;
            connection.Abort("The session ended.");
            Volatile.Write(ref _connection, null);
        }
    }

    private ValueTask<Connection> ConnectAsync() =>
        _options.Connect is { } connect
            ? connect(_stop.Token)
            : Ipc.ConnectAsync(
                _options.Endpoint, new ConnectOptions { Timeout = ShippingLimits.ConnectTimeout }, _stop.Token);

    private bool IsDone() => _closing && _memory.IsAcknowledged(ulong.MaxValue - 1);

    private void OnAcknowledged()
    {
        lock (_flushGate)
        {
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_memory.IsAcknowledged(_flushes[i].Sequence)) _flushes[i].Done.TrySetResult();
            }
        }
    }
}
