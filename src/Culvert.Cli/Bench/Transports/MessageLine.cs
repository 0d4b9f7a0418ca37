using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Connections;

namespace Culvert.Cli.Bench.Transports;

/// <summary>A connection of Culvert by whole messages.</summary>
internal sealed class MessageLine(Connection connection, MessageChannel messages) : IBenchLine
{
    private ReadOnlyMemory<byte>? _answer;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(ReadOnlyMemory<byte> message)
    {
        await messages.SendAsync(message).ConfigureAwait(false);
        _answer = await messages.ReceiveAsync().ConfigureAwait(false);
    }

    public bool TakeAnswer(BenchMessage message, long number) =>
        _answer is { } answer && message.Matches(answer.Span, number);

    public async ValueTask SendAsync(BenchMessage message, long first, int count)
    {
        for (var i = 0; i < count; i++) await messages.SendAsync(message.Get(first + i)).ConfigureAwait(false);
    }

    public async ValueTask<long> EndAsync(BenchMessage message)
    {
        await messages.SendAsync(message.Get(BenchMessage.EndNumber)).ConfigureAwait(false);
        var answer = await messages.ReceiveAsync().ConfigureAwait(false);
        return answer is { Length: sizeof(long) } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes.Span) : -1;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
