using System.Buffers;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Culvert.Framing;
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
    private readonly ListenerInputOptions _options;
    private readonly CancellationTokenSource _superseded = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IntakePipeline? _pipeline;
    private INativeClient? _client;
    private ulong _acknowledged;
    private bool _isGone;

    public NativeSession(
        InputContext context, Connection connection, InFlightBudget budget, ListenerInputOptions options)
    {
        _context = context;
        _connection = connection;
        _budget = budget;
        _options = options;
    }

    /// <param name="stopping">Cancelled when nothing more is to be read.</param>
    /// <param name="abandoning">Cancelled when what is held must be left behind.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandoning)
    {
        using var registration = abandoning.Register(() => _pipeline?.Abandon("The collector is stopping."));
        var sessions = ProducerSessions.Of(_context.Intake);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, _superseded.Token);
        string? error = null;
        var code = LogErrorCode.Unavailable;
        try
        {
            await ShakeHandsAsync(sessions, both.Token).ConfigureAwait(false);
            await ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (ConnectionException exception) when (exception.Error == ConnectionError.ProtocolViolation)
        {
            // How many records it would have been is not known: it counts as one, as half a body over HTTP does.
            (error, code) = (exception.Message, LogErrorCode.Violation);
            _context.Ledger.CountDropped(_context.Name, DropReason.Malformed, 1);
        }
        catch (RelayRefusedException exception)
        {
            (error, code) = (exception.Message, exception.Code);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client went, another connection of it came, or the collector stops: it sends again what was not
            // acknowledged.
        }
        finally
        {
            // Told also when it holds nothing, or when it was about to end by itself.
            if (_superseded.IsCancellationRequested && error is null)
                (error, code) = (ConnectedAgain, LogErrorCode.Superseded);
            await EndAsync(sessions, error, code).ConfigureAwait(false);
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
        using var deadline = new CancellationTokenSource(_options.HandshakeTimeout, _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            while (!await TryReadHelloAsync(both.Token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw Violation($"No Hello came within {_options.HandshakeTimeout.TotalSeconds:0.#} s; connect again.");
        }

        // Whatever an older connection of this producer still holds must be settled before the client is told where to
        // go on.
        await sessions.TakeOverAsync(_client!.Key, this).ConfigureAwait(false);
        _acknowledged = _client.Welcome(_connection.Output);
        await FlushAsync(stopping).ConfigureAwait(false);
        _pipeline = new IntakePipeline(_context, _budget, AcknowledgeAsync, _client.InFlightBatchesMax);
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
        buffer = rest;
        _client = (LogFrameType)header.Type switch
        {
            LogFrameType.Hello => ProgramClient.Open(
                _context, payload, PeerAttributes.EncodeOrigin(_context.Name, _connection.Peer)),
            LogFrameType.RelayHello => RelayClient.Open(_context, payload, _options.Relay, _connection.Peer),
            _ => throw Violation($"The first frame is no Hello of {LogFrames.HelloBytes} bytes."),
        };
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
                isOver = !await _client!.HandleAsync(header, payload, _pipeline!, stopping).ConfigureAwait(false);
            var consumed = isOver ? buffer.End : buffer.Start;
            _connection.Input.AdvanceTo(consumed, buffer.End);
            if (isOver || result.IsCompleted || result.IsCanceled) return;
        }
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

    private async ValueTask SendErrorAsync(string error, LogErrorCode code)
    {
        FrameWriter.Write(
            _connection.Output, (byte)LogFrameType.Error, Encoding.UTF8.GetBytes(error), (byte)code);
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted) throw new IOException("The client is gone.");
    }

    /// <summary>Waits until what was handed over is durable and says so, then says what was wrong, if
    /// anything.</summary>
    private async Task EndAsync(ProducerSessions sessions, string? error, LogErrorCode code)
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
            await SayAsync(SendErrorAsync(error, code)).ConfigureAwait(false);
        }
        finally
        {
            if (_client is not null) sessions.Remove(_client.Key, this);
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
