using System.CommandLine;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.Versioning;

namespace Culvert.Cli.Bench.Transports;

/// <summary>.NET's own named pipe streams on Windows, in either mode, with the buffers that Culvert's have.</summary>
internal static class DotNetPipe
{
    private const string CommandName = "dotnet-pipe-peer";

    public static Command CreatePeer()
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

    [SupportedOSPlatform("windows")]
    public static async Task<IBenchLine> OpenAsync(bool hasMessages, string mode, int size)
    {
        var name = $"culvert-bench-dotnet-{Guid.NewGuid():N}";
        var peer = await BenchPeer.StartAsync(
            CommandName, name, hasMessages ? "true" : "false", mode,
            size.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        var stream = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await stream.ConnectAsync().ConfigureAwait(false);
        if (hasMessages) stream.ReadMode = PipeTransmissionMode.Message;
        return new StreamLine(peer, stream, hasMessages, size);
    }

    [SupportedOSPlatform("windows")]
    private static async Task ServeAsync(string name, bool hasMessages, string mode, int size)
    {
        await using var stream = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, hasMessages ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous, StreamPeer.BufferBytes, StreamPeer.BufferBytes);
        Console.Out.WriteLine("ready");
        await stream.WaitForConnectionAsync().ConfigureAwait(false);
        await StreamPeer.ServeAsync(stream, hasMessages, mode, size).ConfigureAwait(false);
    }
}
