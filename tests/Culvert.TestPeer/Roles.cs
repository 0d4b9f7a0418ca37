using System.Buffers;
using Culvert.Connections;

namespace Culvert.TestPeer;

/// <summary>What the child can be. It says <c>ready</c> when it is there and what it saw in one line at the
/// end.</summary>
internal static class Roles
{
    /// <summary>Messages that <c>send-messages</c> sends; some are longer than a pipe's buffer, some empty.</summary>
    private static readonly int[] MessageSizes = [5, 0, 100_000, 0, 0, 70_000, 1];

    public static async Task<int> RunAsync(string role, string endpoint)
    {
        try
        {
            if (role == "listen")
            {
                await ListenAsync(endpoint);
                return 0;
            }

            await using var connection = await Ipc.ConnectAsync(endpoint);
            Say("ready");
            await DialAsync(role, connection);
            return 0;
        }
        catch (ConnectionException e)
        {
            Say($"error {e.Error}");
            return 1;
        }
    }

    private static async Task DialAsync(string role, Connection connection)
    {
        var fill = new byte[100_000];
        for (var i = 0; i < fill.Length; i++) fill[i] = (byte)i;
        switch (role)
        {
            case "send-and-close":
                await connection.Output.WriteAsync(fill);
                await connection.DisposeAsync();
                break;
            case "send-and-exit":
                // The output is flushed and nothing is closed: the process just goes, as a crash does.
                await connection.Output.WriteAsync(fill);
                Environment.Exit(0);
                break;
            case "half-close":
                await connection.Output.WriteAsync(fill);
                await connection.Output.CompleteAsync();
                Say($"got {await CountAsync(connection)}");
                Say($"closed {(await connection.Closed).Kind}");
                break;
            case "abort":
                await connection.Output.WriteAsync(fill.AsMemory(0, 10));
                await Nudge.WaitAsync();
                connection.Abort("The child aborts.");
                await Nudge.WaitAsync();
                break;
            case "fill":
                while (!(await connection.Output.WriteAsync(fill)).IsCompleted)
                {
                }

                Say($"closed {(await connection.Closed).Kind}");
                break;
            case "echo-messages":
                await EchoAsync(connection);
                break;
            case "send-messages":
                foreach (var size in MessageSizes) await connection.Messages!.SendAsync(fill.AsMemory(0, size));
                await connection.DisposeAsync();
                break;
            case "send-a-message":
                await connection.Messages!.SendAsync(fill.AsMemory(0, 1));
                await connection.Messages.SendAsync(new byte[1 << 20]); // More than the pipe takes.
                break;
            case "watch":
                Say($"closed {(await connection.Closed).Kind}");
                break;
            default:
                await connection.Output.WriteAsync(fill.AsMemory(0, 10));
                await Nudge.WaitAsync();
                break;
        }
    }

    /// <summary>Echoes to everyone, until the standard input ends.</summary>
    private static async Task ListenAsync(string endpoint)
    {
        await using var listener = await Ipc.ListenAsync(endpoint);
        Say($"ready {listener.Endpoint}");
        var accepting = AcceptAsync(listener);
        await Console.In.ReadLineAsync();
        await listener.UnbindAsync();
        await accepting;
    }

    private static async Task AcceptAsync(Listener listener)
    {
        while (await listener.AcceptAsync() is { } connection) _ = EchoAsync(connection);
    }

    private static async Task EchoAsync(Connection connection)
    {
        await using var owned = connection;
        try
        {
            if (connection.Messages is { } messages)
            {
                while (await messages.ReceiveAsync() is { } message) await messages.SendAsync(message);
                return;
            }

            while (true)
            {
                var result = await connection.Input.ReadAsync();
                foreach (var memory in result.Buffer) connection.Output.Write(memory.Span);
                connection.Input.AdvanceTo(result.Buffer.End);
                await connection.Output.FlushAsync();
                if (result.IsCompleted) return;
            }
        }
        catch (ConnectionException)
        {
            // One client's end; the others go on.
        }
    }

    private static async Task<long> CountAsync(Connection connection)
    {
        long count = 0;
        while (true)
        {
            var result = await connection.Input.ReadAsync();
            count += result.Buffer.Length;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return count;
        }
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
