using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Culvert.Connections;

namespace Culvert.Tests.Conformance;

/// <summary>Sends and reads known bytes, and says where they first differ.</summary>
public static class Bytes
{
    /// <summary>The byte at each place of every stream of the tests.</summary>
    public static byte At(long place) => (byte)((place * 31) + (place >> 8) + (place >> 16));

    public static byte[] Make(long from, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = At(from + i);
        return bytes;
    }

    public static async Task SendAsync(this Connection connection, ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        await connection.Output.WriteAsync(bytes, token);
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(this Connection connection, int count, CancellationToken token)
    {
        var result = await connection.Input.ReadAtLeastAsync(count, token);
        var bytes = result.Buffer.Slice(0, Math.Min(count, result.Buffer.Length)).ToArray();
        connection.Input.AdvanceTo(result.Buffer.GetPosition(bytes.Length));
        Assert.Equal(count, bytes.Length);
        return bytes;
    }

    /// <summary>Reads to the end, checks every byte, and returns how many there were.</summary>
    public static async Task<long> ReadToEndAsync(this Connection connection, CancellationToken token)
    {
        long place = 0;
        while (true)
        {
            var result = await connection.Input.ReadAsync(token);
            foreach (var memory in result.Buffer)
            {
                for (var i = 0; i < memory.Length; i++, place++)
                {
                    if (memory.Span[i] != At(place)) Assert.Fail($"The byte at {place} is not the one that was sent.");
                }
            }

            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return place;
        }
    }

    /// <summary>Reads until it fails; returns the error.</summary>
    public static async Task<ConnectionException> ReadToFailureAsync(
        this Connection connection, CancellationToken token) =>
        await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            ReadResult result;
            do
            {
                result = await connection.Input.ReadAsync(token);
                connection.Input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        });

    /// <summary>Sends until there is no room and returns how much went; the last flush is left waiting.</summary>
    /// <remarks>A system that takes bytes on a thread of its own has room again in a moment; what waits for longer than
    /// that has none.</remarks>
    public static async Task<(long Sent, Task<FlushResult> Waiting)> FillAsync(this Connection connection)
    {
        const int Chunk = 64 * 1024;
        var moment = TimeSpan.FromMilliseconds(200);
        for (long sent = 0; ; sent += Chunk)
        {
            var flush = connection.Output.WriteAsync(Make(sent, Chunk)).AsTask();
            try
            {
                Assert.False((await flush.WaitAsync(moment, TestContext.Current.CancellationToken)).IsCompleted);
            }
            catch (TimeoutException)
            {
                return (sent + Chunk, flush);
            }
        }
    }

    public static byte[] Random(int count) => RandomNumberGenerator.GetBytes(count);
}
