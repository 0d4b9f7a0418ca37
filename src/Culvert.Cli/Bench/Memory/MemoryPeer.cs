using System.Buffers;
using System.Buffers.Binary;
using System.CommandLine;
using Culvert.Connections;
using Culvert.Transports.SharedMemory;

namespace Culvert.Cli.Bench.Memory;

/// <summary>The side of the benchmark of shared memory that listens: it answers, or counts and says how many.</summary>
internal static class MemoryPeer
{
    public const string CommandName = "memory-peer";

    private const int ReadsPerRelease = 64;

    public static Command Create()
    {
        var endpoint = new Argument<string>("endpoint");
        var mode = new Argument<MemoryMode>("mode");
        var size = new Argument<int>("size");
        var command = new Command(CommandName, "The listening side of shared memory in 'bench transports'.")
        {
            endpoint, mode, size,
        };
        command.Hidden = true;
        command.SetAction((result, token) => RunAsync(
            result.GetValue(endpoint)!, result.GetValue(mode), result.GetValue(size), token));
        return command;
    }

    private static async Task<int> RunAsync(string endpoint, MemoryMode mode, int size, CancellationToken token)
    {
        if (mode == MemoryMode.Sleeping) AdaptiveSpin.Forbid();
        await using var listener = await Ipc.ListenAsync(endpoint, cancellationToken: token);
        Console.Out.WriteLine(listener.Endpoint);
        await using var connection = await listener.AcceptAsync(token) ?? throw new OperationCanceledException();
        var isRight = mode switch
        {
            MemoryMode.PingPong or MemoryMode.Sleeping => await AnswerAsync(connection.Messages!).ConfigureAwait(false),
            MemoryMode.Pipe => await CountBytesAsync(connection, size).ConfigureAwait(false),
            _ => await CountAsync(connection.Messages!, size, mode == MemoryMode.Whole).ConfigureAwait(false),
        };
        return isRight ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<bool> AnswerAsync(MessageChannel messages)
    {
        var (reader, writer) = (messages.Reader!, messages.Writer!);
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (!TryAnswer(reader, writer)) return false;
        }

        return true;
    }

    private static bool TryAnswer(MessageReader reader, MessageWriter writer)
    {
        while (reader.TryRead(out var message))
        {
            if (!writer.TryClaim(message.Length, out var place)) return false;
            message.CopyTo(place);
            writer.Commit(message.Length);
            writer.Flush();
            reader.Release();
        }

        return true;
    }

    private static async Task<bool> CountAsync(MessageChannel messages, int size, bool isWhole)
    {
        var reader = messages.Reader!;
        var count = 0L;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var isLast = isWhole ? TakeWhole(reader, size, ref count) : Take(reader, size, ref count);
            if (isLast is null) return false;
            if (isLast == true) await messages.SendAsync(BitConverter.GetBytes(count)).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Takes some messages: whether the last one was the mark, or null when one was wrong.</summary>
    private static bool? Take(MessageReader reader, int size, ref long count)
    {
        var next = count;
        for (var i = 0; i < ReadsPerRelease && reader.TryRead(out var message); i++)
        {
            if (MemoryMessage.HasNumber(message, size, next))
            {
                next++;
                continue;
            }

            count = next;
            return MemoryMessage.NumberOf(message) == MemoryMessage.EndNumber ? true : null;
        }

        count = next;
        reader.Release();
        return false;
    }

    private static bool? TakeWhole(MessageReader reader, int size, ref long count)
    {
        while (reader.TryRead(out var message))
        {
            if (!MemoryMessage.IsFilled(message, size, count))
                return MemoryMessage.NumberOf(message) == MemoryMessage.EndNumber ? true : null;
            count++;
            reader.Release();
        }

        return false;
    }

    private static async Task<bool> CountBytesAsync(Connection connection, int size)
    {
        var copy = new byte[size];
        var count = 0L;
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            var rest = result.Buffer;
            var isLast = CopyOut(ref rest, copy, ref count);
            connection.Input.AdvanceTo(rest.Start, rest.End);
            if (isLast is null) return false;
            if (isLast == true) await connection.Output.WriteAsync(BitConverter.GetBytes(count)).ConfigureAwait(false);
            if (result.IsCompleted) return true;
        }
    }

    private static bool? CopyOut(ref ReadOnlySequence<byte> bytes, byte[] copy, ref long count)
    {
        while (bytes.Length >= copy.Length)
        {
            var span = bytes.FirstSpan;
            var at = 0;
            for (; span.Length - at >= copy.Length; at += copy.Length)
            {
                span.Slice(at, copy.Length).CopyTo(copy);
                if (MemoryMessage.HasNumber(copy, copy.Length, count)) count++;
                else return IsMark(ref bytes, at + copy.Length);
            }

            bytes = bytes.Slice(at);
            if (at > 0 || bytes.Length < copy.Length) continue;
            bytes.Slice(0, copy.Length).CopyTo(copy);
            if (MemoryMessage.HasNumber(copy, copy.Length, count)) count++;
            else return IsMark(ref bytes, copy.Length);
            bytes = bytes.Slice(copy.Length);
        }

        return false;

        bool? IsMark(ref ReadOnlySequence<byte> bytes, int end)
        {
            bytes = bytes.Slice(end);
            return BinaryPrimitives.ReadInt64LittleEndian(copy) == MemoryMessage.EndNumber ? true : null;
        }
    }
}
