using System.Buffers;
using System.Buffers.Binary;
using Culvert.Connections;

namespace Culvert.Cli.Bench.Transports;

/// <summary>Many connections that say nothing, and what they cost the other side.</summary>
internal static class IdleConnections
{
    /// <summary>What each of many silent connections costs the other side, in bytes: of its managed heap after a full
    /// collection, and of its resident memory; and the processor time in microseconds that all of them took of a
    /// second.</summary>
    public static async Task<(double Heap, double Resident, double ProcessorUs)?> MeasureAsync(
        Endpoint endpoint, int count)
    {
        await using var control = await ConnectionLine.DialAsync(endpoint, TransportsPeer.Memory, 0)
            .ConfigureAwait(false);
        var idle = new List<Connection>(count);
        try
        {
            // A first round for what is made once: threads, code, tables.
            if (await GrowAsync(count / 4).ConfigureAwait(false) is not { } before) return null;
            if (await GrowAsync(count).ConfigureAwait(false) is not { } after) return null;
            if (await AskAsync(TransportsPeer.Idle).ConfigureAwait(false) is not { } quiet) return null;
            return (
                (after.Heap - before.Heap) / (double)count, (after.Resident - before.Resident) / (double)count,
                quiet.First);
        }
        finally
        {
            foreach (var connection in idle) await connection.DisposeAsync().ConfigureAwait(false);
        }

        async Task<(long Heap, long Resident)?> GrowAsync(int more)
        {
            for (var i = 0; i < more; i++)
            {
                var connection = await ConnectionLine.DialAsync(endpoint, TransportsPeer.PingPong, BenchMessage.SizeMin)
                    .ConfigureAwait(false);
                idle.Add(connection);

                // One round trip, so that the other side has really served it and waits now.
                await connection.Output.WriteAsync(new byte[BenchMessage.SizeMin]).ConfigureAwait(false);
                var answer = await connection.Input.ReadAtLeastAsync(BenchMessage.SizeMin).ConfigureAwait(false);
                if (answer.Buffer.Length != BenchMessage.SizeMin) return null;
                connection.Input.AdvanceTo(answer.Buffer.End);
            }

            return await AskAsync(TransportsPeer.Memory).ConfigureAwait(false);
        }

        async Task<(long First, long Second)?> AskAsync(byte what)
        {
            await control.Output.WriteAsync(new[] { what }).ConfigureAwait(false);
            var result = await control.Input.ReadAtLeastAsync(2 * sizeof(long)).ConfigureAwait(false);
            if (result.Buffer.Length != 2 * sizeof(long)) return null;
            var bytes = result.Buffer.ToArray();
            control.Input.AdvanceTo(result.Buffer.End);
            return (BinaryPrimitives.ReadInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long))));
        }
    }
}
