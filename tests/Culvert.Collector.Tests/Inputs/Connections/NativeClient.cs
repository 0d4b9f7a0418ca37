using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.Inputs.Connections;

/// <summary>A native client that does exactly what the test says.</summary>
internal sealed class NativeClient(Connection connection) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public byte[] Producer { get; init; } = RandomNumberGenerator.GetBytes(16);

    public static byte[] Batch(params string[] bodies)
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "test")]));
        foreach (var body in bodies)
        {
            writer.BeginRecord(0, Severity.Info, 1);
            writer.Body(body);
            var attributes = writer.BeginAttributes();
            attributes.End();
            Assert.True(writer.EndRecord());
        }

        var bytes = new ArrayBufferWriter<byte>();
        writer.WriteTo(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Sends preface and Hello, and returns the sequence of the Welcome.</summary>
    public async Task<ulong> OpenAsync(ulong epoch = 1)
    {
        connection.Output.Write(LogProtocol.Preface);
        LogFrames.WriteHello(connection.Output, Producer, epoch);
        await connection.Output.FlushAsync();
        var (type, payload) = await ReadAsync();
        Assert.Equal(LogFrameType.Welcome, type);
        Assert.True(LogFrames.TryReadWelcome(
            new ReadOnlySequence<byte>(payload), out var sequence, out var batchBytesMax));
        Assert.Equal((uint)RecordLimits.BatchBytesMax, batchBytesMax);
        return sequence;
    }

    public Task SendBatchAsync(ulong firstSequence, params string[] bodies) =>
        SendBatchAsync(firstSequence, Batch(bodies));

    public async Task SendBatchAsync(ulong firstSequence, byte[] batch)
    {
        var payload = new byte[sizeof(ulong) + batch.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, firstSequence);
        batch.CopyTo(payload, sizeof(ulong));
        FrameWriter.Write(connection.Output, (byte)LogFrameType.Batch, payload);
        await connection.Output.FlushAsync().AsTask().WaitAsync(Patience);
    }

    public async Task SendGoodbyeAsync(ulong produced)
    {
        LogFrames.WriteReport(connection.Output, LogFrameType.Goodbye, produced, new ulong[LogProtocol.LevelCount]);
        await connection.Output.FlushAsync();
    }

    public async Task SendRawAsync(byte[] bytes)
    {
        connection.Output.Write(bytes);
        await connection.Output.FlushAsync();
    }

    public async Task<(LogFrameType Type, byte[] Payload)> ReadAsync()
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync().AsTask().WaitAsync(Patience);
            var rest = read.Buffer;
            if (FrameReader.TryRead(ref rest, LogProtocol.FrameBytesMax, out var header, out var payload))
            {
                var bytes = payload.ToArray();
                connection.Input.AdvanceTo(rest.Start);
                return ((LogFrameType)header.Type, bytes);
            }

            connection.Input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) throw new EndOfStreamException();
        }
    }

    /// <summary>Reads acknowledgements, which must grow, until this one.</summary>
    public async Task<int> ReadAcksAsync(ulong until)
    {
        var last = 0UL;
        for (var count = 1; ; count++)
        {
            var (type, payload) = await ReadAsync();
            Assert.Equal(LogFrameType.Ack, type);
            var sequence = BinaryPrimitives.ReadUInt64LittleEndian(payload);
            Assert.InRange(sequence, last, until);
            if (sequence == until) return count;
            last = sequence;
        }
    }

    public async Task<string> ReadErrorAsync()
    {
        var (type, payload) = await ReadAsync();
        while (type == LogFrameType.Ack) (type, payload) = await ReadAsync();
        Assert.Equal(LogFrameType.Error, type);
        await Assert.ThrowsAsync<EndOfStreamException>(ReadAsync);
        return Encoding.UTF8.GetString(payload);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
