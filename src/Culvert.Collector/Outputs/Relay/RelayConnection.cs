using System.Buffers;
using System.IO.Pipelines;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>A connection to another collector that takes relays: dials, shakes hands, reads what it says. Every failure
/// is an <see cref="OutputException"/> whose sentence says what to do.</summary>
internal sealed class RelayConnection : IAsyncDisposable
{
    private readonly RelaySinkOptions _options;
    private readonly Connection _connection;

    private RelayConnection(RelaySinkOptions options, Connection connection) =>
        (_options, _connection) = (options, connection);

    public RelayWelcome Welcome { get; private set; }

    public PipeWriter Output => _connection.Output;

    public static async Task<RelayConnection> OpenAsync(
        RelaySinkOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var dialled = await DialAsync(options, cancellationToken).ConfigureAwait(false);
        var connection = new RelayConnection(options, dialled);
        try
        {
            connection.Welcome = await connection.ShakeHandsAsync(time, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads acknowledgements until the connection ends, which is always a failure.</summary>
    public async Task ReceiveAsync(Func<ulong, bool> acknowledge)
    {
        while (true)
        {
            var (type, payload) = await ReadFrameAsync(CancellationToken.None).ConfigureAwait(false);
            if (type != LogFrameType.Ack || !LogFrames.TryReadAck(new ReadOnlySequence<byte>(payload), out var number)
                || !acknowledge(number)) throw NoCollector();
        }
    }

    /// <summary>Sends what was written; throws when the other side is gone.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var flushed = await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted) throw Ended();
        }
        catch (IOException exception)
        {
            throw Ended(exception);
        }
    }

    public void Abort(string reason) => _connection.Abort(reason);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<Connection> DialAsync(RelaySinkOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return options.Connect is { } connect
                ? await connect(cancellationToken).ConfigureAwait(false)
                : await Ipc.ConnectAsync(
                    options.Endpoint, new ConnectOptions { Timeout = ShippingLimits.ConnectTimeout }, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (ConnectionException exception)
        {
            throw new OutputException(
                RelaySentences.NotConnected(options.Output, options.Place, exception), exception);
        }
    }

    private async Task<RelayWelcome> ShakeHandsAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ShippingLimits.WelcomeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            Output.Write(LogProtocol.Preface);
            RelayFrames.WriteHello(Output, new RelayHello(
                RelayLimits.Version, _options.Self.Collector, _options.Self.Member, _options.Name));
            await SendHelloAsync(both.Token).ConfigureAwait(false);
            var (type, payload) = await ReadFrameAsync(both.Token).ConfigureAwait(false);
            if (type != LogFrameType.RelayWelcome
                || !RelayFrames.TryReadWelcome(new ReadOnlySequence<byte>(payload), out var welcome)
                || welcome.Version is 0 or > RelayLimits.Version || welcome.ProducersMax == 0
                || welcome.BatchBytesMax < ShippingLimits.BatchBytesMaxLeast) throw NoCollector();
            return welcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutputException(RelaySentences.NoAnswer(_options.Place));
        }
    }

    private async ValueTask SendHelloAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // What is read next says why.
        }
    }

    private async ValueTask<(LogFrameType Type, byte[] Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await _connection.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                var rest = read.Buffer;
                if (FrameReader.TryRead(ref rest, ShippingLimits.ServerFrameBytesMax, out var header, out var payload))
                {
                    var bytes = payload.ToArray();
                    _connection.Input.AdvanceTo(rest.Start);
                    if ((LogFrameType)header.Type != LogFrameType.Error) return ((LogFrameType)header.Type, bytes);
                    throw new OutputException(RelaySentences.Refused(
                        _options.Place, (LogErrorCode)header.Flags, RelaySentences.Said(bytes)));
                }

                _connection.Input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted || read.IsCanceled) throw Ended();
            }
        }
        catch (ConnectionException exception) when (exception.Error == ConnectionError.ProtocolViolation)
        {
            throw NoCollector();
        }
        catch (IOException exception)
        {
            throw Ended(exception);
        }
    }

    private OutputException NoCollector() => new(RelaySentences.NoCollector(_options.Output, _options.Place));

    private OutputException Ended(Exception? inner = null)
    {
        var reason = (inner as ConnectionException)?.Message;
        if (reason is null && _connection.Closed.IsCompletedSuccessfully) reason = _connection.Closed.Result.Message;
        // With TLS 1.3 this side's handshake is over before the other one looks at its certificate.
        return Welcome.Version == 0
            ? new(RelaySentences.EndedEarly(_options.Place, reason), inner)
            : new(RelaySentences.Ended(_options.Place, reason), inner);
    }
}
