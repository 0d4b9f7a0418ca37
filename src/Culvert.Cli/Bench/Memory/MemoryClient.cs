using System.Buffers;
using System.Buffers.Binary;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Culvert.Connections;
using Culvert.Transports.SharedMemory;

namespace Culvert.Cli.Bench.Memory;

/// <summary>The side of the benchmark of shared memory that measures, in a process of its own as its peers have, and
/// prints its figures in one line; nothing when an answer was wrong.</summary>
internal static class MemoryClient
{
    public const string CommandName = "memory-client";

    /// <summary>Messages between two looks at the clock, and between two flushes.</summary>
    private const int BatchBytes = 64 * 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var endpoint = new Argument<string>("endpoint");
        var mode = new Argument<MemoryMode>("mode");
        var size = new Argument<int>("size");
        var seconds = new Argument<double>("seconds");
        var command = new Command(CommandName, "The measuring side of shared memory in 'bench transports'.")
        {
            endpoint, mode, size, seconds,
        };
        command.Hidden = true;
        command.SetAction((result, token) => RunAsync(
            result.GetValue(endpoint)!, result.GetValue(mode), result.GetValue(size),
            TimeSpan.FromSeconds(result.GetValue(seconds)), token));
        return command;
    }

    private static async Task<int> RunAsync(
        string endpoint, MemoryMode mode, int size, TimeSpan time, CancellationToken token)
    {
        if (mode == MemoryMode.Sleeping) AdaptiveSpin.Forbid();
        await using var connection = await Ipc.ConnectAsync(endpoint, cancellationToken: token);
        var figures = mode switch
        {
            MemoryMode.PingPong or MemoryMode.Sleeping =>
                await PingPongAsync(connection.Messages!, size, WarmUp, time).ConfigureAwait(false),
            MemoryMode.Pipe => await StreamBytesAsync(connection, size, time).ConfigureAwait(false),
            _ => await StreamAsync(connection.Messages!, size, time, mode == MemoryMode.Whole).ConfigureAwait(false),
        };
        var texts = figures?.Select(figure => figure.ToString("0.###", CultureInfo.InvariantCulture));
        Console.Out.WriteLine(string.Join(' ', texts ?? []));
        return figures is null ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>The median, 99th and 999th thousandth of the round trips in microseconds, or null when an answer was
    /// wrong. One trip at least counts: on a busy machine a short time passes without any.</summary>
    internal static async Task<double[]?> PingPongAsync(
        MessageChannel messages, int size, TimeSpan warmUp, TimeSpan time)
    {
        var (writer, reader) = (messages.Writer!, messages.Reader!);
        var message = new byte[size];
        var samples = new List<long>(1 << 23);
        var started = Stopwatch.GetTimestamp();
        var warm = started + TicksOf(warmUp);
        var end = warm + TicksOf(time);
        for (var number = 0L; ; number++)
        {
            var before = Stopwatch.GetTimestamp();
            if (before >= end && samples.Count > 0) break;
            if (!TrySend(writer, message, number)) return null;
            if (!await reader.WaitToReadAsync().ConfigureAwait(false) || !TryTake(reader, message)) return null;
            if (before >= warm) samples.Add(Stopwatch.GetTimestamp() - before);
        }

        samples.Sort();
        return [At(0.5), At(0.99), At(0.999)];

        double At(double share) => samples[(int)(samples.Count * share)] * 1e6 / Stopwatch.Frequency;
    }

    private static bool TrySend(MessageWriter writer, byte[] message, long number)
    {
        MemoryMessage.Number(message, number);
        if (!writer.TryClaim(message.Length, out var place)) return false;
        message.CopyTo(place);
        writer.Commit(message.Length);
        writer.Flush();
        return true;
    }

    private static bool TryTake(MessageReader reader, byte[] message)
    {
        var isRight = reader.TryRead(out var answer) && answer.SequenceEqual(message);
        reader.Release();
        return isRight;
    }

    private static async Task<double[]?> StreamAsync(MessageChannel messages, int size, TimeSpan time, bool isWhole)
    {
        var writer = messages.Writer!;
        var message = new byte[size];
        var sent = 0L;
        await SendAsync(WarmUp).ConfigureAwait(false);
        if (await EndAsync().ConfigureAwait(false) != sent) return null;
        var before = sent;
        var started = Stopwatch.GetTimestamp();
        await SendAsync(time).ConfigureAwait(false);
        if (await EndAsync().ConfigureAwait(false) != sent) return null;
        return [(sent - before) / Stopwatch.GetElapsedTime(started).TotalSeconds];

        async Task SendAsync(TimeSpan time)
        {
            var end = Stopwatch.GetTimestamp() + TicksOf(time);
            while (Stopwatch.GetTimestamp() < end)
            {
                if (isWhole ? TryFill(writer, size, ref sent) : TryCopy(writer, message, ref sent)) writer.Flush();
                else await writer.WaitForRoomAsync(size).ConfigureAwait(false);
            }
        }

        async Task<long> EndAsync()
        {
            MemoryMessage.Number(message, MemoryMessage.EndNumber);
            await messages.SendAsync(message).ConfigureAwait(false);
            return await messages.ReceiveAsync().ConfigureAwait(false) is { Length: sizeof(long) } answer
                ? BinaryPrimitives.ReadInt64LittleEndian(answer.Span)
                : -1;
        }
    }

    private static bool TryCopy(MessageWriter writer, byte[] message, ref long sent)
    {
        var number = sent;
        var last = number + BatchBytes / message.Length;
        for (; number < last; number++)
        {
            if (!writer.TryClaim(message.Length, out var place)) break;
            MemoryMessage.Number(message, number);
            message.AsSpan().CopyTo(place);
            writer.Commit(message.Length);
        }

        sent = number;
        return number == last;
    }

    private static bool TryFill(MessageWriter writer, int size, ref long sent)
    {
        if (!writer.TryClaim(size, out var place)) return false;
        MemoryMessage.Fill(place, sent++);
        writer.Commit(size);
        return true;
    }

    private static async Task<double[]?> StreamBytesAsync(Connection connection, int size, TimeSpan time)
    {
        var (input, output) = (connection.Input, connection.Output);
        var message = new byte[size];
        var sent = 0L;
        await SendAsync(WarmUp).ConfigureAwait(false);
        if (await EndAsync().ConfigureAwait(false) != sent) return null;
        var before = sent;
        var started = Stopwatch.GetTimestamp();
        await SendAsync(time).ConfigureAwait(false);
        if (await EndAsync().ConfigureAwait(false) != sent) return null;
        return [(sent - before) / Stopwatch.GetElapsedTime(started).TotalSeconds];

        async Task SendAsync(TimeSpan time)
        {
            var end = Stopwatch.GetTimestamp() + TicksOf(time);
            while (Stopwatch.GetTimestamp() < end)
            {
                Write(output, message, ref sent);
                await output.FlushAsync().ConfigureAwait(false);
            }
        }

        async Task<long> EndAsync()
        {
            MemoryMessage.Number(message, MemoryMessage.EndNumber);
            await output.WriteAsync(message).ConfigureAwait(false);
            var answer = await input.ReadAtLeastAsync(sizeof(long)).ConfigureAwait(false);
            if (answer.Buffer.Length != sizeof(long)) return -1;
            var count = BinaryPrimitives.ReadInt64LittleEndian(answer.Buffer.ToArray());
            input.AdvanceTo(answer.Buffer.End);
            return count;
        }
    }

    private static void Write(PipeWriter output, byte[] message, ref long sent)
    {
        var count = BatchBytes / message.Length;
        var place = output.GetSpan(count * message.Length);
        for (var i = 0; i < count; i++)
        {
            MemoryMessage.Number(message, sent++);
            message.AsSpan().CopyTo(place.Slice(i * message.Length, message.Length));
        }

        output.Advance(count * message.Length);
    }

    private static long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
