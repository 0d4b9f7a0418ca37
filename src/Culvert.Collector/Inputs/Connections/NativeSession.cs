using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// The collector's side of <see cref="LogProtocol"/> on one connection. Batches are handed on as they come, and
/// acknowledged together as they become durable. The client waits while too much is under way or it does not read its
/// acknowledgements.
/// </summary>
internal sealed class NativeSession
{
    private const string ConnectedAgain = "The same producer has connected again.";

    private readonly InputContext _context;
    private readonly Connection _connection;
    private readonly InFlightBudget _budget;
    private readonly TimeSpan _handshakeTimeout;
    private readonly CancellationTokenSource _superseded = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IntakePipeline? _pipeline;
    private readonly byte[] _origin;
    private ProducerId _producer;
    private string _service = "";
    private ulong _acknowledged;
    private bool _isGone;

    public NativeSession(InputContext context, Connection connection, InFlightBudget budget, TimeSpan handshakeTimeout)
    {
        _context = context;
        _connection = connection;
        _budget = budget;
        _handshakeTimeout = handshakeTimeout;
        _origin = PeerAttributes.EncodeOrigin(context.Name, connection.Peer);
    }

    /// <param name="stopping">Cancelled when nothing more is to be read.</param>
    /// <param name="abandoning">Cancelled when what is held must be left behind.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandoning)
    {
        using var registration = abandoning.Register(() => _pipeline?.Abandon("The collector is stopping."));
        var sessions = ProducerSessions.Of(_context.Intake);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, _superseded.Token);
        string? error = null;
        try
        {
            await ShakeHandsAsync(sessions, both.Token).ConfigureAwait(false);
            await ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (ConnectionException exception) when (exception.Error == ConnectionError.ProtocolViolation)
        {
            // How many records it would have been is not known: it counts as one, as half a body over HTTP does.
            error = exception.Message;
            _context.Ledger.CountDropped(_context.Name, DropReason.Malformed, 1);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client went, another connection of it came, or the collector stops: it sends again what was not
            // acknowledged.
        }
        finally
        {
            // Told also when it holds nothing, or when it was about to end by itself.
            if (_superseded.IsCancellationRequested) error ??= ConnectedAgain;
            await EndAsync(sessions, error).ConfigureAwait(false);
        }
    }

    /// <summary>Ends this session because its producer has connected again; completes when it hands over nothing
    /// more.</summary>
    public async Task SupersedeAsync()
    {
        await _superseded.CancelAsync().ConfigureAwait(false);
        _pipeline?.Abandon(ConnectedAgain);
        await _finished.Task.ConfigureAwait(false);
    }

    private static ConnectionException Violation(string message) => new(ConnectionError.ProtocolViolation, message);

    private async Task ShakeHandsAsync(ProducerSessions sessions, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_handshakeTimeout, _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            while (!await TryReadHelloAsync(both.Token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw Violation($"No Hello came within {_handshakeTimeout.TotalSeconds:0.#} s; connect again.");
        }

        // Whatever an older connection of this producer still holds must be settled before the client is told where to
        // go on.
        await sessions.TakeOverAsync(_producer, this).ConfigureAwait(false);
        _acknowledged = _context.Intake.DurableSequence(_producer);
        LogFrames.WriteWelcome(_connection.Output, _acknowledged, RecordLimits.BatchBytesMax);
        await FlushAsync(stopping).ConfigureAwait(false);
        _pipeline = new IntakePipeline(_context, _producer, _budget, AcknowledgeAsync);
        // A pipeline that ends by itself was refused something, and the client may be silent until it is told.
        _ = _pipeline.Ended.ContinueWith(
            _ => _connection.Input.CancelPendingRead(), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async ValueTask<bool> TryReadHelloAsync(CancellationToken cancellationToken)
    {
        var result = await _connection.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        var buffer = result.Buffer;
        var start = buffer.Start;
        if (!TryParseHello(ref buffer))
        {
            if (result.IsCompleted) throw new IOException("The client ended before its Hello.");
            _connection.Input.AdvanceTo(start, result.Buffer.End);
            return false;
        }

        // What follows may be there already, so nothing behind the Hello counts as examined.
        _connection.Input.AdvanceTo(buffer.Start);
        return true;
    }

    private bool TryParseHello(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> preface = stackalloc byte[LogProtocol.PrefaceBytes];
        var have = (int)Math.Min(buffer.Length, LogProtocol.PrefaceBytes);
        buffer.Slice(0, have).CopyTo(preface);
        if (!preface[..have].SequenceEqual(LogProtocol.Preface[..have]))
            throw Violation(
                "The first bytes are those of no version of the protocol that is known here; update the collector.");
        if (have < LogProtocol.PrefaceBytes) return false;

        var rest = buffer.Slice(LogProtocol.PrefaceBytes);
        if (!FrameReader.TryRead(ref rest, LogProtocol.FrameBytesMax, out var header, out var payload)) return false;
        Span<byte> producer = stackalloc byte[16];
        if ((LogFrameType)header.Type != LogFrameType.Hello
            || !LogFrames.TryReadHello(payload, producer, out var epoch))
            throw Violation($"The first frame is no Hello of {LogFrames.HelloBytes} bytes.");
        _producer = new ProducerId(BinaryPrimitives.ReadUInt128LittleEndian(producer), epoch);
        buffer = rest;
        return true;
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        while (true)
        {
            var result = await _connection.Input.ReadAsync(stopping).ConfigureAwait(false);
            var buffer = result.Buffer;
            var isOver = false;
            while (!isOver
                && FrameReader.TryRead(ref buffer, LogProtocol.FrameBytesMax, out var header, out var payload))
                isOver = !await HandleAsync(header, payload, stopping).ConfigureAwait(false);
            var consumed = isOver ? buffer.End : buffer.Start;
            _connection.Input.AdvanceTo(consumed, buffer.End);
            if (isOver || result.IsCompleted || result.IsCanceled) return;
        }
    }

    /// <summary>Handles a frame; false when it was the last.</summary>
    private async ValueTask<bool> HandleAsync(
        FrameHeader header, ReadOnlySequence<byte> payload, CancellationToken stopping)
    {
        switch ((LogFrameType)header.Type)
        {
            case LogFrameType.Batch:
                return await HandleBatchAsync(payload, stopping).ConfigureAwait(false);
            case LogFrameType.Report:
                HandleReport(payload);
                return true;
            case LogFrameType.Goodbye:
                HandleReport(payload);
                return false;
            default:
                throw Violation($"A frame of type {header.Type} is not for a client to send.");
        }
    }

    private ValueTask<bool> HandleBatchAsync(ReadOnlySequence<byte> payload, CancellationToken stopping)
    {
        if (payload.Length <= sizeof(ulong)) throw Violation($"A batch of {payload.Length} bytes holds no records.");
        Span<byte> sequence = stackalloc byte[sizeof(ulong)];
        payload.Slice(0, sizeof(ulong)).CopyTo(sequence);
        var firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(sequence);
        if (firstSequence == 0) throw Violation("A batch begins with the sequence 0; sequences begin at 1.");
        var batch = PooledBatch.From(payload.Slice(sizeof(ulong)));
        if (_service.Length == 0) _service = ServiceOf(batch.Bytes);
        return _pipeline!.AddAsync(batch, firstSequence, _origin, stopping);
    }

    private static string ServiceOf(ReadOnlySpan<byte> batch) =>
        RecordBatchReader.TryOpen(batch, out var reader, out _) && reader.ResourceCount > 0
        && reader.Resource(0).TryFind("service.name"u8, out var service)
            ? Encoding.UTF8.GetString(service.Value)
            : "";

    private void HandleReport(ReadOnlySequence<byte> payload)
    {
        Span<ulong> dropped = stackalloc ulong[LogProtocol.LevelCount];
        if (!LogFrames.TryReadReport(payload, out var produced, dropped))
            throw Violation($"A report of {payload.Length} bytes is not {LogFrames.ReportBytes} long.");
        _context.Ledger.NoteReport(_context.Name, _producer, _service, produced, dropped);
    }

    private ValueTask AcknowledgeAsync(ulong sequence)
    {
        // What was refused before and given again may be answered lower than what was acknowledged; an Ack never goes
        // back.
        _acknowledged = Math.Max(_acknowledged, sequence);
        return _isGone ? ValueTask.CompletedTask : TryAcknowledgeAsync();
    }

    // A client that is gone does not stop what it sent from being kept: a full disk may have room later.
    private async ValueTask TryAcknowledgeAsync()
    {
        try
        {
            await SendAcknowledgementAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            _isGone = true;
        }
    }

    private async ValueTask SendAcknowledgementAsync()
    {
        LogFrames.WriteAck(_connection.Output, _acknowledged);
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask SendErrorAsync(string error)
    {
        FrameWriter.Write(_connection.Output, (byte)LogFrameType.Error, Encoding.UTF8.GetBytes(error));
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted) throw new IOException("The client is gone.");
    }

    /// <summary>Waits until what was handed over is durable and says so, then says what was wrong, if
    /// anything.</summary>
    private async Task EndAsync(ProducerSessions sessions, string? error)
    {
        try
        {
            if (_pipeline is not null)
            {
                _pipeline.Complete();
                error = await SettleAsync(_pipeline, error).ConfigureAwait(false);
                if (error is null) await SayAsync(SendAcknowledgementAsync()).ConfigureAwait(false);
            }

            if (error is null || _isGone) return;
            InputLog.GaveUp(
                _context.Loggers.CreateLogger<NativeSession>(), _context.Name,
                PeerAttributes.Describe(_connection.Peer), error);
            await SayAsync(SendErrorAsync(error)).ConfigureAwait(false);
        }
        finally
        {
            sessions.Remove(_producer, this);
            _finished.TrySetResult();
        }
    }

    private async Task<string?> SettleAsync(IntakePipeline pipeline, string? error)
    {
        if (error is null) return await pipeline.Ended.ConfigureAwait(false);
        try
        {
            await pipeline.Ended.WaitAsync(InputLimits.FarewellTimeout, _context.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            pipeline.Abandon(error);
        }

        return error;
    }

    private async Task SayAsync(ValueTask sending)
    {
        try
        {
            await sending.AsTask().WaitAsync(InputLimits.FarewellTimeout, _context.Time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            _connection.Abort("The client does not read what it is told.");
        }
    }
}
