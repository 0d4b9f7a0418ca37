using System.Buffers;
using System.Buffers.Binary;
using System.CommandLine;
using System.Diagnostics;
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

    /// <summary>Answers each byte: this one with the bytes of its heap and of its resident memory.</summary>
    public const byte Memory = (byte)'M';

    /// <summary>This one with the microseconds of processor time that a second without work takes it, and 0.</summary>
    public const byte Idle = (byte)'I';

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var endpoint = new Argument<string>("endpoint");
        var command = new Command(CommandName, "The second process of 'bench transports'.") { endpoint };
        command.Hidden = true;
        command.SetAction((result, token) => RunAsync(result.GetValue(endpoint)!, token));
        return command;
    }

    /// <summary>Starts a process that listens, or listens in this one for <c>mem://</c>.</summary>
    public static async Task<(Endpoint Endpoint, IAsyncDisposable Peer)> StartAsync(Endpoint endpoint)
    {
        if (endpoint.Scheme == "mem")
        {
            var listener = await Ipc.ListenAsync(endpoint).ConfigureAwait(false);
            _ = ServeAsync(listener);
            return (listener.Endpoint, listener);
        }

        var peer = await BenchPeer.StartAsync(CommandName, endpoint.ToString()).ConfigureAwait(false);
        return (Endpoint.Parse(peer.Said), peer);
    }

    /// <summary>The messages of a connection that is measured by them: of one whose mechanism lends no memory, since
    /// what is in place is measured apart.</summary>
    public static MessageChannel? MessagesOf(Connection connection) =>
        connection.Endpoint.Scheme == "shm" ? null : connection.Messages;

    /// <summary>Accepts until the listener is gone.</summary>
    private static async Task ServeAsync(Listener listener)
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
            if (MessagesOf(connection) is { } messages)
            {
                if (await messages.ReceiveAsync().ConfigureAwait(false) is not { Length: PrefaceBytes } first) return;
                await ServeMessagesAsync(messages, first.ToArray()).ConfigureAwait(false);
                return;
            }

            var result = await connection.Input.ReadAtLeastAsync(PrefaceBytes).ConfigureAwait(false);
            if (result.Buffer.Length < PrefaceBytes) return;
            var preface = result.Buffer.Slice(0, PrefaceBytes).ToArray();
            connection.Input.AdvanceTo(result.Buffer.GetPosition(PrefaceBytes));
            var size = SizeOf(preface);
            if (preface[0] == PingPong) await AnswerAsync(connection, size).ConfigureAwait(false);
            else if (preface[0] == Memory) await TellMemoryAsync(connection).ConfigureAwait(false);
            else await CountAsync(connection, size).ConfigureAwait(false);
        }
        catch (ConnectionException)
        {
            // The measuring side has given up; it says why.
        }
    }

    private static int SizeOf(byte[] preface) => BinaryPrimitives.ReadInt32LittleEndian(preface.AsSpan(1));

    private static async Task ServeMessagesAsync(MessageChannel messages, byte[] preface)
    {
        var counter = preface[0] == PingPong ? null : new BenchCounter(SizeOf(preface));
        while (await messages.ReceiveAsync().ConfigureAwait(false) is { } message)
        {
            if (counter is null) await messages.SendAsync(message).ConfigureAwait(false);
            else if (!counter.TryCount(message.Span)) return;
            else if (counter.HasEnded) await messages.SendAsync(counter.TakeAnswer()).ConfigureAwait(false);
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
            var isIdle = !result.Buffer.IsEmpty && result.Buffer.FirstSpan[0] == Idle;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
            var (first, second) = isIdle
                ? (await ProcessorUsAsync().ConfigureAwait(false), 0)
                : (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
            BinaryPrimitives.WriteInt64LittleEndian(answer, first);
            BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(sizeof(long)), second);
            await connection.Output.WriteAsync(answer).ConfigureAwait(false);
        }
    }

    /// <summary>The least of three seconds: the runtime compiles for a while after it was busy.</summary>
    private static async Task<long> ProcessorUsAsync()
    {
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            await Task.Delay(IdleTime).ConfigureAwait(false);
            process.Refresh();
            var used = process.TotalProcessorTime - before;
            if (used < least) least = used;
        }

        return (long)least.TotalMicroseconds;
    }

    private static async Task CountAsync(Connection connection, int size)
    {
        var counter = new BenchCounter(size);
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            while (buffer.Length >= size)
            {
                // Those that lie whole in one piece of memory are compared there, as the program in C does.
                if (counter.TryCountAll(buffer.FirstSpan) is not { } count) return;
                if (count == 0)
                {
                    if (!counter.TryCount(buffer.Slice(0, size).ToArray())) return;
                    count = size;
                }

                buffer = buffer.Slice(count);
            }

            connection.Input.AdvanceTo(buffer.Start, buffer.End);
            if (counter.HasEnded) await connection.Output.WriteAsync(counter.TakeAnswer()).ConfigureAwait(false);
            if (result.IsCompleted) return;
        }
    }
}
