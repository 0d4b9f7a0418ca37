using System.Buffers;
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

    /// <summary>Messages a second of a stream, or p50, p99 and p99.9 of a round trip in microseconds; null when an
    /// answer was wrong.</summary>
    public static async Task<double[]?> MeasureAsync(string mode, Endpoint endpoint, int size, double seconds)
    {
        if (mode == "stream")
        {
            return await StreamAsync(endpoint, size, seconds).ConfigureAwait(false) is { } messages ? [messages] : null;
        }

        var samples = await PingPongAsync(endpoint, size, seconds).ConfigureAwait(false);
        return samples is { Length: > 0 } ? [At(samples, 0.5), At(samples, 0.99), At(samples, 0.999)] : null;
    }

    /// <summary>Microseconds of each round trip in order of size, or null when an answer was wrong.</summary>
    private static async Task<double[]?> PingPongAsync(Endpoint endpoint, int size, double seconds)
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
    private static async Task<double?> StreamAsync(Endpoint endpoint, int size, double seconds)
    {
        await using var connection = await OpenAsync(endpoint, TransportsPeer.Stream, size).ConfigureAwait(false);
        var message = new BenchMessage(size);
        var batchCount = Math.Max(BatchBytes / size, 1);
        var started = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            var batch = connection.Output.GetSpan(batchCount * size);
            for (var i = 0; i < batchCount; i++, sent++) message.Get(sent).Span.CopyTo(batch[(i * size)..]);
            connection.Output.Advance(batchCount * size);

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

    /// <summary>What each of many silent connections costs the other side, in bytes: of its managed heap after a full
    /// collection, and of its resident memory.</summary>
    public static async Task<(double Heap, double Resident)?> IdleAsync(Endpoint endpoint, int count)
    {
        await using var control = await OpenAsync(endpoint, TransportsPeer.Memory, 0).ConfigureAwait(false);
        var idle = new List<Connection>(count);
        try
        {
            // A first round for what is made once: threads, code, tables.
            if (await GrowAsync(count / 4).ConfigureAwait(false) is not { } before) return null;
            if (await GrowAsync(count).ConfigureAwait(false) is not { } after) return null;
            return ((after.Heap - before.Heap) / (double)count, (after.Resident - before.Resident) / (double)count);
        }
        finally
        {
            foreach (var connection in idle) await connection.DisposeAsync().ConfigureAwait(false);
        }

        async Task<(long Heap, long Resident)?> GrowAsync(int more)
        {
            for (var i = 0; i < more; i++)
            {
                var connection = await OpenAsync(endpoint, TransportsPeer.PingPong, BenchMessage.SizeMin)
                    .ConfigureAwait(false);
                idle.Add(connection);

                // One round trip, so that the other side has really served it and waits now.
                await connection.Output.WriteAsync(new byte[BenchMessage.SizeMin]).ConfigureAwait(false);
                var answer = await connection.Input.ReadAtLeastAsync(BenchMessage.SizeMin).ConfigureAwait(false);
                if (answer.Buffer.Length != BenchMessage.SizeMin) return null;
                connection.Input.AdvanceTo(answer.Buffer.End);
            }

            await control.Output.WriteAsync(new byte[1]).ConfigureAwait(false);
            var result = await control.Input.ReadAtLeastAsync(2 * sizeof(long)).ConfigureAwait(false);
            if (result.Buffer.Length != 2 * sizeof(long)) return null;
            var bytes = result.Buffer.ToArray();
            control.Input.AdvanceTo(result.Buffer.End);
            return (BinaryPrimitives.ReadInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long))));
        }
    }

    private static double At(double[] sorted, double share) => sorted[(int)(sorted.Length * share)];

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
