using System.CommandLine;
using System.IO.Pipes;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The other process of <see cref="DotNetPipe"/>: answers or counts until the client is gone.</summary>
internal static class DotNetPipePeer
{
    public const string CommandName = "dotnet-pipe-peer";

    /// <summary>What the system keeps of either direction, as for a pipe of Culvert.</summary>
    public const int BufferBytes = 64 * 1024;

    public static Command Create()
    {
        var name = new Argument<string>("name");
        var messages = new Argument<bool>("messages");
        var mode = new Argument<string>("mode");
        var size = new Argument<int>("size");
        var command = new Command(CommandName, "The second process of the bare pipe streams.")
        {
            name, messages, mode, size,
        };
        command.Hidden = true;
        command.SetAction(async result =>
        {
            if (!OperatingSystem.IsWindows()) return ExitCode.Failed;
            await ServeAsync(
                result.GetValue(name)!, result.GetValue(messages), result.GetValue(mode)!, result.GetValue(size));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A whole message, or as many bytes as were asked for; fewer at the end.</summary>
    [SupportedOSPlatform("windows")]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> ReceiveAsync(PipeStream stream, bool isMessage, byte[] buffer, int size)
    {
        var at = 0;
        do
        {
            var room = isMessage ? buffer.AsMemory(at) : buffer.AsMemory(at, size - at);
            var count = await stream.ReadAsync(room).ConfigureAwait(false);
            at += count;
            if (count == 0) break;
        }
        while (isMessage ? !stream.IsMessageComplete : at < size);
        return at;
    }

    [SupportedOSPlatform("windows")]
    private static async Task ServeAsync(string name, bool hasMessages, string mode, int size)
    {
        await using var stream = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, hasMessages ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous, BufferBytes, BufferBytes);
        Console.Out.WriteLine("ready");
        await stream.WaitForConnectionAsync().ConfigureAwait(false);
        var buffer = new byte[Math.Max(2 * size, BufferBytes)];
        if (mode == "stream") await CountAsync(stream, hasMessages, size, buffer).ConfigureAwait(false);
        else
        {
            while (await ReceiveAsync(stream, hasMessages, buffer, size).ConfigureAwait(false) is > 0 and var count)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
    }

    [SupportedOSPlatform("windows")]
    private static async Task CountAsync(PipeStream stream, bool hasMessages, int size, byte[] buffer)
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
