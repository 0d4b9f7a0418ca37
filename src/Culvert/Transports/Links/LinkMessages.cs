using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>The messages of a connection whose link keeps them apart. The bytes go the way of all bytes, through its
/// reader and its writer; the link says where they end.</summary>
internal sealed class LinkMessages : MessageChannel
{
    private readonly LinkConnection _connection;
    private readonly IMessageLink _link;
    private readonly Queue<ReadOnlyMemory<byte>> _received = new();
    private int _bytesMax = LinkLimits.MessageBytesDefault;
    private bool _isEnded;
    private bool _isLeftOver;

    public LinkMessages(LinkConnection connection, IMessageLink link)
    {
        _connection = connection;
        _link = link;
        link.KeepMessages(connection.Input.CancelPendingRead); // A waiting read looks again.
    }

    public override int MessageBytesMax
    {
        get => _bytesMax;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LinkLimits.MessageBytesMax);
            _bytesMax = value;
        }
    }

    public override async ValueTask SendAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length > _bytesMax)
        {
            throw new ArgumentException(
                $"A message of {message.Length} bytes is longer than {_bytesMax}; raise MessageBytesMax on both sides.",
                nameof(message));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var output = _connection.Output;
        if (_isLeftOver || message.IsEmpty)
        {
            Check(await output.FlushAsync(cancellationToken).ConfigureAwait(false));
            _isLeftOver = false;
        }

        if (message.IsEmpty)
        {
            if (!_link.SendEmpty()) throw Gone();
            return;
        }

        // A write that is given up leaves its bytes to the next flush: alone there, they stay one message.
        _isLeftOver = true;
        Check(await output.WriteAsync(message, cancellationToken).ConfigureAwait(false));
        _isLeftOver = false;
    }

    public override async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_received.TryDequeue(out var message)) return message;
            if (_link.TryTakeEmpty()) return ReadOnlyMemory<byte>.Empty;
            if (_isEnded) return null;
            var result = await _connection.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = result.Buffer;
            while (_link.TryTakeMessage(out var bytes))
            {
                if (bytes > _bytesMax) throw TooLong();
                _received.Enqueue(System.Buffers.BuffersExtensions.ToArray(rest.Slice(0, bytes)));
                rest = rest.Slice(bytes);
            }

            if (rest.Length > _bytesMax) throw TooLong();
            _connection.Input.AdvanceTo(rest.Start, rest.End);
            _isEnded = result.IsCompleted;
        }
    }

    private void Check(System.IO.Pipelines.FlushResult result)
    {
        if (result.IsCompleted) throw Gone();
        if (result.IsCanceled) throw new OperationCanceledException("The send was cancelled by CancelPendingFlush.");
    }

    private ConnectionException Gone()
    {
        var reason = _connection.Closed is { IsCompleted: true } closed ? closed.Result.Message : "The peer is gone.";
        return new ConnectionException(ConnectionError.Closed, reason);
    }

    private ConnectionException TooLong()
    {
        var text = $"The peer of {_connection.Endpoint} sent a message longer than {_bytesMax} bytes; raise "
            + "MessageBytesMax if it may.";
        _connection.Abort(text);
        return new ConnectionException(ConnectionError.ProtocolViolation, text);
    }
}
