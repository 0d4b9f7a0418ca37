using Culvert.Connections;

namespace Culvert.Transports.SharedMemory;

/// <summary>The messages of a connection over rings: in place by its writer and reader, or copied by the two
/// calls.</summary>
internal sealed class RingMessages(
    Connection connection, int lengthMax, Func<RingMessageWriter> openWriter, Func<RingMessageReader> openReader)
    : MessageChannel
{
    // Opened by whoever first uses one: from then on that direction carries no plain bytes. Guards the opening alone.
    private readonly Lock _gate = new();
    private RingMessageWriter? _writer;
    private RingMessageReader? _reader;
    private readonly int _lengthMax = lengthMax;
    private int _bytesMax = lengthMax;

    public override MessageWriter Writer => _writer ?? Open(ref _writer, openWriter);

    public override MessageReader Reader => _reader ?? Open(ref _reader, openReader);

    public override int MessageBytesMax
    {
        get => _bytesMax;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _lengthMax);
            _bytesMax = value;
        }
    }

    public override async ValueTask SendAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length > MessageBytesMax)
        {
            throw new ArgumentException(
                $"A message of {message.Length} bytes is longer than {MessageBytesMax}; raise MessageBytesMax, or "
                + "BufferBytes of the listener's options.",
                nameof(message));
        }

        cancellationToken.ThrowIfCancellationRequested();
        while (!TrySend(message.Span))
        {
            if (await Writer.WaitForRoomAsync(message.Length, cancellationToken).ConfigureAwait(false)) continue;
            var reason = connection.Closed is { IsCompleted: true } closed
                ? closed.Result.Message
                : "The peer is gone, or this side has completed its output.";
            throw new ConnectionException(ConnectionError.Closed, reason);
        }
    }

    public override async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryReceive(out var message)) return message;
            if (!await Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return null;
        }
    }

    /// <summary>Refused as long as bytes are under way in that direction; it may be asked again.</summary>
    private T Open<T>(ref T? end, Func<T> open)
        where T : class
    {
        lock (_gate) return end ??= open();
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!Writer.TryClaim(bytes.Length, out var place)) return false;
        bytes.CopyTo(place);
        Writer.Commit(bytes.Length);
        Writer.Flush();
        return true;
    }

    private bool TryReceive(out byte[] message)
    {
        message = [];
        if (!Reader.TryRead(out var bytes)) return false;
        if (bytes.Length > MessageBytesMax)
        {
            var text = $"The peer of {connection.Endpoint} sent a message longer than {MessageBytesMax} bytes; raise "
                + "MessageBytesMax if it may.";
            connection.Abort(text);
            throw new ConnectionException(ConnectionError.ProtocolViolation, text);
        }

        message = bytes.ToArray();
        Reader.Release();
        return true;
    }
}
