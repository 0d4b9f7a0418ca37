using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Culvert.Cli.Bench.Transports;

/// <summary>A stream of .NET's own as it is, with no identity, no check of the owner and no end but the
/// stream's.</summary>
/// <param name="peer">The other process; owned.</param>
/// <param name="stream">Connected to it; owned.</param>
/// <param name="hasMessages">Whether it is a pipe that keeps messages apart.</param>
/// <param name="size">Bytes of a message.</param>
internal sealed class StreamLine(BenchPeer peer, Stream stream, bool hasMessages, int size) : IBenchLine
{
    private readonly byte[] _buffer = new byte[Math.Max(size, StreamPeer.BufferBytes)];
    private int _answerLength;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(ReadOnlyMemory<byte> message)
    {
        await stream.WriteAsync(message).ConfigureAwait(false);
        _answerLength = await StreamPeer.ReceiveAsync(stream, hasMessages, _buffer, message.Length)
            .ConfigureAwait(false);
    }

    public bool TakeAnswer(BenchMessage message, long number) =>
        _answerLength == message.Size && message.Matches(_buffer.AsSpan(0, _answerLength), number);

    public async ValueTask SendAsync(BenchMessage message, long first, int count)
    {
        if (!hasMessages)
        {
            message.Fill(_buffer, first, count);
            await stream.WriteAsync(_buffer.AsMemory(0, count * message.Size)).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < count; i++) await stream.WriteAsync(message.Get(first + i)).ConfigureAwait(false);
    }

    public async ValueTask<long> EndAsync(BenchMessage message)
    {
        await stream.WriteAsync(message.Get(BenchMessage.EndNumber)).ConfigureAwait(false);
        var count = await StreamPeer.ReceiveAsync(stream, hasMessages, _buffer, sizeof(long)).ConfigureAwait(false);
        return count == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(_buffer) : -1;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        await peer.DisposeAsync().ConfigureAwait(false);
    }
}
