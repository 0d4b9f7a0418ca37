using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Connections;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The measuring side: one connection, one thing at a time.</summary>
internal static class TransportsMeasure
{
    /// <summary>Bytes written before they are flushed together, as a program does that has more to send.</summary>
    private const int BatchBytes = 64 * 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);

    /// <summary>Microseconds of each round trip in order of size, or null when an answer was wrong.</summary>
    public static async Task<double[]?> PingPongAsync(Endpoint endpoint, int size, double seconds)
    {
        await using var connection = await OpenAsync(endpoint, TransportsPeer.PingPong, size).ConfigureAwait(false);
        var message = new BenchMessage(size);
        var samples = new List<double>(1 << 20);
        var started = Stopwatch.GetTimestamp();
        for (long number = 0; ; number++)
        {
            var before = Stopwatch.GetTimestamp();
            var elapsed = Stopwatch.GetElapsedTime(started, before);
            if (elapsed.TotalSeconds > seconds + WarmUp.TotalSeconds) break;
            await connection.Output.WriteAsync(message.Get(number)).ConfigureAwait(false);
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            while (result.Buffer.Length < size && !result.IsCompleted)
            {
                connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await connection.Input.ReadAsync().ConfigureAwait(false);
            }

            var after = Stopwatch.GetTimestamp();
            if (result.Buffer.Length != size || !message.Matches(result.Buffer, number)) return null;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (elapsed > WarmUp) samples.Add(Stopwatch.GetElapsedTime(before, after).TotalMicroseconds);
        }

        samples.Sort();
        return [.. samples];
    }

    /// <summary>Messages a second, or null when the other side did not get every one as it was sent.</summary>
    public static async Task<double?> StreamAsync(Endpoint endpoint, int size, double seconds)
    {
        await using var connection = await OpenAsync(endpoint, TransportsPeer.Stream, size).ConfigureAwait(false);
        var message = new BenchMessage(size);
        var started = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            for (var batched = 0; batched < BatchBytes; batched += size, sent++)
            {
                message.Get(sent).Span.CopyTo(connection.Output.GetSpan(size));
                connection.Output.Advance(size);
            }

            var flushed = await connection.Output.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted) return null;
        }

        await connection.Output.CompleteAsync().ConfigureAwait(false);
        var answer = await connection.Input.ReadAtLeastAsync(sizeof(long)).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started);
        if (answer.Buffer.Length < sizeof(long)) return null;
        var received = BinaryPrimitives.ReadInt64LittleEndian(answer.Buffer.FirstSpan);
        return received == sent ? sent / elapsed.TotalSeconds : null;
    }

    private static async Task<Connection> OpenAsync(Endpoint endpoint, byte mode, int size)
    {
        var connection = await Ipc.ConnectAsync(endpoint).ConfigureAwait(false);
        var preface = new byte[TransportsPeer.PrefaceBytes];
        preface[0] = mode;
        BinaryPrimitives.WriteInt32LittleEndian(preface.AsSpan(1), size);
        await connection.Output.WriteAsync(preface).ConfigureAwait(false);
        return connection;
    }
}
