using System.Buffers;
using System.Buffers.Binary;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Cli.Bench;

/// <summary>The collector's side of the native protocol without a collector: it checks and counts each batch, and
/// acknowledges. So a benchmark of the client measures the client.</summary>
internal sealed class AcknowledgingCollector : IAsyncDisposable
{
    private readonly Listener _listener;
    private long _recordCount;

    private AcknowledgingCollector(Listener listener)
    {
        _listener = listener;
        _ = AcceptAsync();
    }

    public string Endpoint => _listener.Endpoint.ToString();

    public long RecordCount => Interlocked.Read(ref _recordCount);

    public static async Task<AcknowledgingCollector> StartAsync() =>
        new(await Ipc.ListenAsync($"mem://bench-{Guid.NewGuid():N}"));

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection) _ = Task.Run(() => ServeAsync(connection));
    }

    private async Task ServeAsync(Connection connection)
    {
        await using var held = connection;
        var sawPreface = false;
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            var buffer = read.Buffer;
            if (!sawPreface && buffer.Length >= LogProtocol.PrefaceBytes)
            {
                buffer = buffer.Slice(LogProtocol.PrefaceBytes);
                sawPreface = true;
            }

            var isOver = false;
            while (sawPreface
                && FrameReader.TryRead(ref buffer, LogProtocol.FrameBytesMax, out var header, out var payload))
                isOver |= Take(connection, (LogFrameType)header.Type, payload);
            connection.Input.AdvanceTo(buffer.Start, buffer.End);
            await connection.Output.FlushAsync();
            if (isOver || read.IsCompleted) return;
        }
    }

    private bool Take(Connection connection, LogFrameType type, ReadOnlySequence<byte> payload)
    {
        if (type == LogFrameType.Hello) LogFrames.WriteWelcome(connection.Output, 0, RecordLimits.BatchBytesMax);
        if (type != LogFrameType.Batch) return type == LogFrameType.Goodbye;
        var bytes = payload.ToArray();
        if (!RecordBatchReader.Validate(bytes.AsSpan(sizeof(ulong)), out var count, out var gaps, out var problem))
            throw new InvalidDataException(problem);
        Interlocked.Add(ref _recordCount, count);
        LogFrames.WriteAck(connection.Output, BinaryPrimitives.ReadUInt64LittleEndian(bytes) + (ulong)count - 1 + gaps);
        return false;
    }
}
