using Culvert.Connections;
using Culvert.Transports.StandardStreams;

namespace Culvert.TestPeer;

/// <summary>What the child can be where its standard streams are tested.</summary>
internal static class StreamRoles
{
    /// <summary>Starts a child of its own, says its number, and waits to be killed.</summary>
    public const string Host = "host";

    /// <summary>Writes to the console all the time, also through a writer that was made before.</summary>
    public const string Stray = "stray";

    public static Task<int> RunAsync(string role) => role == Host ? HostAsync() : StrayAsync();

    private static async Task<int> HostAsync()
    {
        await using var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = Environment.ProcessPath!, Arguments = ["watch", "stdio:"], LogLine = _ => { },
            });
        await Console.Out.WriteLineAsync($"{child.ProcessId}");
        await child.Exited;
        return 1;
    }

    private static async Task<int> StrayAsync()
    {
        var early = Console.Out;
        await early.FlushAsync();
        await using var listener = await Ipc.ListenAsync("stdio:");
        await using var connection = (await listener.AcceptAsync())!;
        await early.WriteLineAsync("stray from before");
        await connection.Output.WriteAsync("data"u8.ToArray());
        await Console.Out.WriteLineAsync("stray");
        try
        {
            await Ipc.ConnectAsync("stdio:");
        }
        catch (ConnectionException e)
        {
            await Console.Out.WriteLineAsync($"error {e.Error}");
        }

        await Console.Out.WriteLineAsync($"read {await Console.In.ReadLineAsync() ?? "the end"}");
        await connection.Output.CompleteAsync();
        await connection.Input.ReadAsync(); // Nothing but the end comes.
        await connection.Closed;
        await Console.Out.WriteLineAsync($"accepted {await listener.AcceptAsync() is not null}");
        return 0;
    }
}
