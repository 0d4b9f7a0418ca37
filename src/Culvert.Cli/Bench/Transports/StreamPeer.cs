using System.IO.Pipes;
using System.Runtime.CompilerServices;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The other side of a <see cref="StreamLine"/>: answers or counts until the client is gone.</summary>
internal static class StreamPeer
{
    /// <summary>What is read at once, and what the system keeps of either direction of a pipe.</summary>
    public const int BufferBytes = 64 * 1024;

    /// <summary>A whole message, or as many bytes as were asked for; fewer at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> ReceiveAsync(Stream stream, bool isMessage, byte[] buffer, int size)
    {
        var at = 0;
        do
        {
            var room = isMessage ? buffer.AsMemory(at) : buffer.AsMemory(at, size - at);
            var count = await stream.ReadAsync(room).ConfigureAwait(false);
            at += count;
            if (count == 0) break;
        }
        while (isMessage ? !((PipeStream)stream).IsMessageComplete : at < size);
        return at;
    }

    public static async Task ServeAsync(Stream stream, bool hasMessages, string mode, int size)
    {
        var buffer = new byte[Math.Max(2 * size, BufferBytes)];
        if (mode == "stream")
        {
            await CountAsync(stream, hasMessages, size, buffer).ConfigureAwait(false);
            return;
        }

        while (await ReceiveAsync(stream, hasMessages, buffer, size).ConfigureAwait(false) is > 0 and var count)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
        }
    }

    private static async Task CountAsync(Stream stream, bool hasMessages, int size, byte[] buffer)
    {
        var counter = new BenchCounter(size);
        var kept = 0;
        while (true)
        {
            var count = hasMessages
                ? await ReceiveAsync(stream, isMessage: true, buffer, size).ConfigureAwait(false)
                : await stream.ReadAsync(buffer.AsMemory(kept)).ConfigureAwait(false);
            if (count == 0) return;
            var all = kept + count;
            if (counter.TryCountAll(buffer.AsSpan(0, all)) is not { } whole) return;
            kept = all - whole;
            buffer.AsSpan(whole, kept).CopyTo(buffer);
            if (counter.HasEnded) await stream.WriteAsync(counter.TakeAnswer()).ConfigureAwait(false);
        }
    }
}
