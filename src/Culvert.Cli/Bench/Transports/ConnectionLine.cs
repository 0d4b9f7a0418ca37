using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Culvert.Connections;

namespace Culvert.Cli.Bench.Transports;

/// <summary>A connection of Culvert as a stream of bytes.</summary>
internal sealed class ConnectionLine(Connection connection) : IBenchLine
{
    private readonly PipeReader _input = connection.Input;
    private readonly PipeWriter _output = connection.Output;
    private ReadOnlySequence<byte> _answer;

    public static async Task<IBenchLine> OpenAsync(Endpoint endpoint, byte mode, int size)
    {
        var connection = await DialAsync(endpoint, mode, size).ConfigureAwait(false);
        return TransportsPeer.MessagesOf(connection) is { } messages
            ? new MessageLine(connection, messages)
            : new ConnectionLine(connection);
    }

    /// <summary>A connection whose other side knows what to do.</summary>
    public static async Task<Connection> DialAsync(Endpoint endpoint, byte mode, int size)
    {
        var connection = await Ipc.ConnectAsync(endpoint).ConfigureAwait(false);
        var preface = new byte[TransportsPeer.PrefaceBytes];
        preface[0] = mode;
        BinaryPrimitives.WriteInt32LittleEndian(preface.AsSpan(1), size);
        var messages = TransportsPeer.MessagesOf(connection);
        if (messages is not null) await messages.SendAsync(preface).ConfigureAwait(false);
        else await connection.Output.WriteAsync(preface).ConfigureAwait(false);
        return connection;
    }

    // What waits here is a part of what is measured, so it does not allocate.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(ReadOnlyMemory<byte> message)
    {
        await _output.WriteAsync(message).ConfigureAwait(false);
        var result = await _input.ReadAsync().ConfigureAwait(false);
        while (result.Buffer.Length < message.Length && !result.IsCompleted)
        {
            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await _input.ReadAsync().ConfigureAwait(false);
        }

        _answer = result.Buffer;
    }

    public bool TakeAnswer(BenchMessage message, long number)
    {
        var isRight = _answer.Length == message.Size && message.Matches(_answer, number);
        _input.AdvanceTo(_answer.End);
        return isRight;
    }

    public async ValueTask SendAsync(BenchMessage message, long first, int count)
    {
        message.Fill(_output.GetSpan(count * message.Size), first, count);
        _output.Advance(count * message.Size);
        await _output.FlushAsync().ConfigureAwait(false);
    }

    public async ValueTask<long> EndAsync(BenchMessage message)
    {
        await _output.WriteAsync(message.Get(BenchMessage.EndNumber)).ConfigureAwait(false);
        var answer = await _input.ReadAtLeastAsync(sizeof(long)).ConfigureAwait(false);
        if (answer.Buffer.Length != sizeof(long)) return -1;
        var received = BinaryPrimitives.ReadInt64LittleEndian(answer.Buffer.ToArray());
        _input.AdvanceTo(answer.Buffer.End);
        return received;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
