using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>
/// Hands the spool's batches on to another collector as they lie there: only the heads of records are looked at. Each
/// keeps the identity of its producer, by which the other side knows what it has already; it is confirmed when the
/// other side has it on disk.
/// </summary>
internal sealed class RelaySink : IOutputSink
{
    public const string Type = "collector";

    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly RelaySinkOptions _options;
    private readonly RelayedReports _reports;
    private readonly OutputStatus _status;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RelayWindow _window = new();
    private readonly AsyncSignal _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _ownId;

    // Who writes to the connection: the pump, or the loop that tells reports.
    private readonly SemaphoreSlim _writing = new(1);
    private RelayConnection? _connection;
    private RelaySlots? _slots;
    private Task _receiving = Task.CompletedTask, _looking = Task.CompletedTask;
    private int _unsentBytes;
    private long _heardAt;
    private volatile bool _isSilent;

    /// <param name="options">Where to, and who.</param>
    /// <param name="reports">What producers say of themselves; it outlives the sinks of an output.</param>
    /// <param name="status">Where is counted what cannot be handed on.</param>
    /// <param name="logger">See <see cref="OutputLog"/>.</param>
    /// <param name="time">The clock.</param>
    public RelaySink(
        RelaySinkOptions options, RelayedReports reports, OutputStatus status, ILogger logger, TimeProvider time)
    {
        (_options, _reports, _status, _logger, _time) = (options, reports, status, logger, time);
        _changed = new AsyncSignal(time);
        _ownId = RelayOrigin.Text(options.Self.Collector);
    }

    public ulong Confirmed => _window.Confirmed;

    public Task Ended => _receiving;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _connection = await RelayConnection.OpenAsync(_options, _time, cancellationToken).ConfigureAwait(false);
        _slots = new RelaySlots((int)Math.Min(_connection.Welcome.ProducersMax, RelayLimits.ProducersMax));
        _heardAt = _time.GetTimestamp();
        _reports.BeginConnection();
        _receiving = Task.Run(ReceiveAsync, CancellationToken.None);
        _looking = Task.Run(LookAsync, CancellationToken.None);
    }

    public int Write(in SpoolEntry entry, int first)
    {
        Check();
        if (!_writing.Wait(0)) return first;
        try
        {
            if (_unsentBytes >= RelayLimits.FlushBytes || !_window.HasRoom) return first;
            // A part of an entry goes as a whole: the other side knows by its numbers what it has of it.
            if (entry.Records.Length > _connection!.Welcome.BatchBytesMax
                || entry.Origin.Length > RelayLimits.OriginBytesMax) Reject(entry);
            else Send(entry);
        }
        finally
        {
            _writing.Release();
        }

        return entry.RecordCount;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken).ConfigureAwait(false);
        await WaitAsync(() => _window.HasRoom, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken).ConfigureAwait(false);
        await WaitAsync(() => _window.IsEmpty, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connection is not null)
        {
            if (_window.IsEmpty && !_receiving.IsCompleted)
            {
                // All is acknowledged, so the other side closes as soon as it reads the end.
                await _connection.Output.CompleteAsync().ConfigureAwait(false);
                await _receiving.WaitAsync(ShippingLimits.GoodbyeTimeout, _time, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            _connection.Abort("The relay ends.");
            await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        _writing.Dispose();
        _stop.Dispose();
    }

    private void Send(in SpoolEntry entry)
    {
        var output = _connection!.Output;
        if (!_slots!.TryFind(entry.Producer, entry.Origin.Span, out var slot))
        {
            if (RelayOrigin.Path(AttributeList.Read(entry.Origin.Span)).Contains(_ownId))
                throw new OutputException(RelaySentences.Circle(_options.Output));
            slot = _slots.Add(entry.Producer, entry.Origin.Span);
            RelayFrames.WriteProducer(
                output, slot, entry.Producer.Producer, entry.Producer.Epoch, entry.Origin.Span);
            _unsentBytes += entry.Origin.Length;
        }

        var records = entry.Records.Span;
        if (_window.IsEmpty) Volatile.Write(ref _heardAt, _time.GetTimestamp());
        var written = RelayFrames.WriteBatch(
            output, slot, entry.NextPosition, entry.FirstSequence - RecordHeads.FirstGap(records), records);
        // The other side sees the records later than this one did.
        RecordHeads.FillTimes(written, entry.ObservedNs);
        _unsentBytes += records.Length;
        _window.Add(entry.NextPosition, records.Length);
        _reports.Note(entry.Producer, entry.NextPosition);
    }

    private void Reject(in SpoolEntry entry)
    {
        _status.CountRejected(entry.RecordCount, "too_large");
        OutputLog.Rejected(
            _logger, _options.Output, entry.RecordCount,
            $"The batch at position {entry.Position} is larger than the collector at {_options.Place} takes.");
        _window.Pass(entry.NextPosition);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        Check();
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_unsentBytes == 0) return;
            await _connection!.FlushAsync(cancellationToken).ConfigureAwait(false);
            _unsentBytes = 0;
        }
        catch (OutputException)
        {
            // What was received, or is about to be, says why better than the write that failed after it.
            await _receiving.WaitAsync(ShippingLimits.GoodbyeTimeout, _time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Check();
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask WaitAsync(Func<bool> question, CancellationToken cancellationToken)
    {
        using var woken = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _changed);
        while (!question())
        {
            Check();
            cancellationToken.ThrowIfCancellationRequested();
            await _changed.WaitAsync(LookAfter).ConfigureAwait(false);
        }
    }

    private void Check()
    {
        if (_receiving.IsFaulted) _receiving.GetAwaiter().GetResult();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await _connection!.ReceiveAsync(Acknowledge).ConfigureAwait(false);
        }
        catch (OutputException) when (_isSilent)
        {
            throw new OutputException(RelaySentences.Silent(_options.Place));
        }
        finally
        {
            _changed.Set();
        }
    }

    private bool Acknowledge(ulong number)
    {
        Volatile.Write(ref _heardAt, _time.GetTimestamp());
        if (!_window.Acknowledge(number)) return false;
        _changed.Set();
        return true;
    }

    /// <summary>Tells reports once a second, and ends a connection that acknowledges nothing.</summary>
    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(ShippingLimits.ReportInterval, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            if (_receiving.IsCompleted) return;
            if (!_window.IsEmpty
                && _time.GetElapsedTime(Volatile.Read(ref _heardAt)) > ShippingLimits.AckTimeout)
            {
                _isSilent = true;
                _connection!.Abort("The collector acknowledged nothing for a minute.");
                return;
            }

            await TellReportsAsync().ConfigureAwait(false);
        }
    }

    private async Task TellReportsAsync()
    {
        var news = _reports.Take(_window.Confirmed);
        if (news.Count == 0) return;
        await _writing.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            foreach (var (producer, produced, dropped) in news)
            {
                RelayFrames.WriteReport(
                    _connection!.Output, producer.Producer, producer.Epoch, produced, dropped);
            }

            await _connection!.FlushAsync(_stop.Token).ConfigureAwait(false);
            _unsentBytes = 0;
        }
        finally
        {
            _writing.Release();
        }
    }
}
