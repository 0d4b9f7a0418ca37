using System.Net.Sockets;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.UnixSockets;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Receives syslog datagrams on a thread of its own, many in one call, and gathers them into one batch for each sender.
/// While the intake is slow the kernel's buffer fills: senders on a Unix socket then wait, and what UDP loses is
/// counted.
/// </summary>
internal sealed class SyslogDatagramReceiver : IAsyncDisposable
{
    private readonly InputContext _context;
    private readonly AccessPolicy _access;
    private readonly ILogger _logger;
    private readonly SyslogParser _parser;
    private readonly RecordDraft _draft = new();
    private readonly SenderTable _senders;
    private readonly InputProducer _producer = LineBatcher.NewProducer();
    private readonly IntakePipeline _pipeline;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UnixAccess? _rule;
    private DatagramSocket? _socket;
    private StopEvent? _stop;
    private uint _dropsCounted;
    private bool _isStarted;

    public SyslogDatagramReceiver(InputContext context, AccessPolicy access, InFlightBudget budget)
    {
        _context = context;
        _access = access;
        _logger = context.Loggers.CreateLogger<SyslogDatagramReceiver>();
        _parser = new SyslogParser(context.Time);
        _senders = new SenderTable(context.Name, context.Time);
        _pipeline = new IntakePipeline(context, budget);
    }

    public string? Endpoint => _socket?.Endpoint;

    public async ValueTask StartAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        _socket = await DatagramSocket.OpenAsync(endpoint, _access, _context.Sockets, cancellationToken)
            .ConfigureAwait(false);
        if (_socket.IsUnix) _rule = new UnixAccess(_access);
        _stop = new StopEvent();
        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = $"culvert {_context.Name}" }.Start();
    }

    /// <summary>Takes what has arrived, then stops and waits until it is durable; when the token is cancelled the rest
    /// is left behind.</summary>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            _pipeline.Complete();
            return;
        }

        _stop!.Set();
        try
        {
            await _finished.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _pipeline.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _pipeline.Abandon("The collector is stopping.");
            await _finished.Task.ConfigureAwait(false);
            await _pipeline.Ended.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(InputLimits.FarewellTimeout, _context.Time);
        await StopAsync(now.Token).ConfigureAwait(false);
        _socket?.Dispose();
        _stop?.Dispose();
    }

    private void Run()
    {
        using var burst = new DatagramBurst();
        try
        {
            var isStopping = false;
            while (!isStopping)
            {
                var hasRecords = _senders.Batches.Any(b => !b.Batch.IsEmpty);
                var wait = hasRecords ? InputLimits.GatherTime : Timeout.InfiniteTimeSpan;
                isStopping = _stop!.WaitForDatagram(_socket!.Handle, wait, out var hasDatagram);
                if (hasDatagram) ReceiveAll(burst);
                if (!hasDatagram || isStopping) Flush();
                CountDrops();
            }
        }
        catch (Exception exception)
        {
            InputLog.SessionFailed(_logger, _context.Name, exception);
        }
        finally
        {
            _pipeline.Complete();
            _finished.TrySetResult();
        }
    }

    private void ReceiveAll(DatagramBurst burst)
    {
        var count = DatagramBurst.CountMax;
        // A burst that is not full means that the kernel had no more; whatever comes meanwhile wakes the next wait.
        while (count == DatagramBurst.CountMax)
        {
            count = TryReceive(burst);
            for (var i = 0; i < count; i++) Take(burst, i);
            CountDrops();
        }
    }

    private int TryReceive(DatagramBurst burst)
    {
        try
        {
            return burst.Receive(_socket!.Handle);
        }
        catch (SocketException exception)
        {
            InputLog.DatagramFailed(_logger, _context.Name, exception);
            return 0;
        }
    }

    private void Take(DatagramBurst burst, int index)
    {
        if (_senders.IsFull || _senders.IsStale)
        {
            Flush();
            _senders.Clear();
        }

        var credentials = burst.CredentialsOf(index);
        if (_rule is not null && !IsAdmitted(credentials))
        {
            _context.Ledger.CountDropped(_context.Name, DropReason.NotAllowed, 1);
            return;
        }

        if (burst.Bytes(index).IsEmpty) return;
        var sender = _socket!.IsUnix ? _senders.OfProcess(credentials) : _senders.OfAddress(burst.Address(index));
        var mends = _parser.ParseBytes(burst.Bytes(index), _draft, burst.IsCut(index));
        mends.CountIn(_context.Ledger, _context.Name);
        if (!_draft.WriteTo(sender.Batch, sender.Resources.IndexOf(_draft)))
            _context.Ledger.CountDropped(_context.Name, DropReason.TooLong, 1);
        if (sender.Batch.IsFull) Flush(sender);
    }

    private bool IsAdmitted(Libc.Credentials? sender) =>
        sender is { } known ? _rule!.Admits(known) : _access.Kind == AccessKind.EveryoneLocal;

    private void Flush()
    {
        foreach (var sender in _senders.Batches) Flush(sender);
    }

    private void Flush(SenderBatch sender)
    {
        if (sender.Batch.IsEmpty) return;
        var batch = PooledBatch.From(sender.Batch);
        sender.Batch.Clear();
        sender.Resources.Clear();
        var adding = _pipeline.AddAsync(
            batch, _producer.Id, _producer.Take(batch.RecordCount), sender.Origin, CancellationToken.None);
        // This thread is the input's own, and to wait here is what makes the kernel's buffer take the load.
        if (!adding.IsCompletedSuccessfully) adding.AsTask().GetAwaiter().GetResult();
    }

    private void CountDrops()
    {
        if (_socket!.IsUnix) return;
        var drops = _socket.Drops();
        var fresh = drops - _dropsCounted;
        if (fresh == 0) return;
        _dropsCounted = drops;
        _context.Ledger.CountDropped(_context.Name, DropReason.Overload, fresh);
    }
}
