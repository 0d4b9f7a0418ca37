using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The same by .NET's own named pipe streams on Windows, in either mode, with the buffers that Culvert's have.
/// No identity, no check of the owner, no end but the pipe's.</summary>
[SupportedOSPlatform("windows")]
internal sealed class DotNetPipe : IBenchLine
{
    private readonly BenchPeer _peer;
    private readonly PipeStream _stream;
    private readonly bool _hasMessages;
    private readonly byte[] _buffer;
    private int _answerLength;

    private DotNetPipe(BenchPeer peer, PipeStream stream, bool hasMessages, int size)
    {
        (_peer, _stream, _hasMessages) = (peer, stream, hasMessages);
        _buffer = new byte[Math.Max(size, DotNetPipePeer.BufferBytes)];
    }


    public static async Task<IBenchLine> OpenAsync(bool hasMessages, string mode, int size)
    {
        var name = $"culvert-bench-dotnet-{Guid.NewGuid():N}";
        var peer = await BenchPeer.StartAsync(
            DotNetPipePeer.CommandName, name, hasMessages ? "true" : "false", mode,
            size.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        var stream = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await stream.ConnectAsync().ConfigureAwait(false);
        if (hasMessages) stream.ReadMode = PipeTransmissionMode.Message;
        return new DotNetPipe(peer, stream, hasMessages, size);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(ReadOnlyMemory<byte> message)
    {
        await _stream.WriteAsync(message).ConfigureAwait(false);
        _answerLength = await DotNetPipePeer.ReceiveAsync(_stream, _hasMessages, _buffer, message.Length)
            .ConfigureAwait(false);
    }

    public bool TakeAnswer(BenchMessage message, long number) =>
        _answerLength == message.Size && message.Matches(_buffer.AsSpan(0, _answerLength), number);

    public async ValueTask SendAsync(BenchMessage message, long first, int count)
    {
        if (!_hasMessages)
        {
            message.Fill(_buffer, first, count);
            await _stream.WriteAsync(_buffer.AsMemory(0, count * message.Size)).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < count; i++) await _stream.WriteAsync(message.Get(first + i)).ConfigureAwait(false);
    }

    public async ValueTask<long> EndAsync(BenchMessage message)
    {
        await _stream.WriteAsync(message.Get(BenchMessage.EndNumber)).ConfigureAwait(false);
        var count = await DotNetPipePeer.ReceiveAsync(_stream, _hasMessages, _buffer, sizeof(long))
            .ConfigureAwait(false);
        return count == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(_buffer) : -1;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _peer.DisposeAsync().ConfigureAwait(false);
    }
}
