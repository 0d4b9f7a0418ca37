using System.Buffers;
using System.Buffers.Binary;
using System.CommandLine;
using Culvert.Connections;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The other process of the benchmark: answers pings and counts streams until its input ends.</summary>
internal static class TransportsPeer
{
    public const string CommandName = "transports-peer";

    /// <summary>First bytes of a connection: the mode, then the message's size.</summary>
    public const int PrefaceBytes = 1 + sizeof(int);

    public const byte PingPong = (byte)'P';
    public const byte Stream = (byte)'S';

    /// <summary>Answers each byte with the bytes of its heap and of its resident memory.</summary>
    public const byte Memory = (byte)'M';

    public static Command Create()
    {
        var endpoint = new Argument<string>("endpoint");
        var command = new Command(CommandName, "The second process of 'bench transports'.") { endpoint };
        command.Hidden = true;
        command.SetAction((result, token) => RunAsync(result.GetValue(endpoint)!, token));
        return command;
    }

    /// <summary>Accepts until the listener is gone.</summary>
    public static async Task ServeAsync(Listener listener)
    {
        while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
        {
            _ = ServeAsync(connection);
        }
    }

    private static async Task<int> RunAsync(string endpoint, CancellationToken cancellationToken)
    {
        await using var listener = await Ipc.ListenAsync(endpoint, cancellationToken: cancellationToken);
        Console.Out.WriteLine(listener.Endpoint);
        var serving = ServeAsync(listener);

        // The parent holds the other end: when it ends, however it ends, so does this process.
        await Console.In.ReadLineAsync(cancellationToken);
        await listener.UnbindAsync();
        await serving;
        return ExitCode.Done;
    }

    private static async Task ServeAsync(Connection connection)
    {
        await using var owned = connection;
        try
        {
            var result = await connection.Input.ReadAtLeastAsync(PrefaceBytes).ConfigureAwait(false);
            if (result.Buffer.Length < PrefaceBytes) return;
            var preface = result.Buffer.Slice(0, PrefaceBytes).ToArray();
            connection.Input.AdvanceTo(result.Buffer.GetPosition(PrefaceBytes));
            var size = BinaryPrimitives.ReadInt32LittleEndian(preface.AsSpan(1));
            if (preface[0] == PingPong) await AnswerAsync(connection, size).ConfigureAwait(false);
            else if (preface[0] == Memory) await TellMemoryAsync(connection).ConfigureAwait(false);
            else await CountAsync(connection, size).ConfigureAwait(false);
        }
        catch (ConnectionException)
        {
            // The measuring side has given up; it says why.
        }
    }

    private static async Task AnswerAsync(Connection connection, int size)
    {
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.Length < size)
            {
                if (result.IsCompleted) return;
                connection.Input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var answer = buffer.Slice(0, size);
            if (answer.IsSingleSegment)
            {
                await connection.Output.WriteAsync(answer.First).ConfigureAwait(false);
            }
            else
            {
                foreach (var memory in answer) connection.Output.Write(memory.Span);
                await connection.Output.FlushAsync().ConfigureAwait(false);
            }

            connection.Input.AdvanceTo(answer.End);
        }
    }

    private static async Task TellMemoryAsync(Connection connection)
    {
        var answer = new byte[2 * sizeof(long)];
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
            BinaryPrimitives.WriteInt64LittleEndian(answer, GC.GetTotalMemory(forceFullCollection: true));
            BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(sizeof(long)), Environment.WorkingSet);
            await connection.Output.WriteAsync(answer).ConfigureAwait(false);
        }
    }

    private static async Task CountAsync(Connection connection, int size)
    {
        var message = new BenchMessage(size);
        long right = 0;
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            while (buffer.Length >= size)
            {
                // Those that lie whole in one piece of memory are compared there, as the program in C does.
                var first = buffer.FirstSpan;
                var at = 0;
                for (; first.Length - at >= size; at += size, right++)
                {
                    if (!message.Matches(first.Slice(at, size), right)) return;
                }

                if (at == 0)
                {
                    if (!message.Matches(buffer, right++)) return;
                    at = size;
                }

                buffer = buffer.Slice(at);
            }

            connection.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) break;
        }

        var answer = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(answer, right);
        await connection.Output.WriteAsync(answer).ConfigureAwait(false);
        await connection.Output.CompleteAsync().ConfigureAwait(false);
    }
}
