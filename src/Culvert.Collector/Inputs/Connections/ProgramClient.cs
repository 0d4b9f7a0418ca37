using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>A program that sends its own records: one producer on one connection.</summary>
internal sealed class ProgramClient : INativeClient
{
    private readonly InputContext _context;
    private readonly byte[] _origin;
    private string _service = "";

    private ProgramClient(InputContext context, byte[] origin, ProducerId producer) =>
        (_context, _origin, Key) = (context, origin, producer);

    public ProducerId Key { get; }

    public int InFlightBatchesMax => InputLimits.InFlightBatchesMax;

    /// <param name="context">Of the input.</param>
    /// <param name="hello">The payload of its Hello.</param>
    /// <param name="origin">What the collector saw of it, encoded.</param>
    public static ProgramClient Open(InputContext context, in ReadOnlySequence<byte> hello, byte[] origin)
    {
        Span<byte> producer = stackalloc byte[16];
        if (!LogFrames.TryReadHello(hello, producer, out var epoch))
            throw Violation($"The first frame is no Hello of {LogFrames.HelloBytes} bytes.");
        return new ProgramClient(
            context, origin, new ProducerId(BinaryPrimitives.ReadUInt128LittleEndian(producer), epoch));
    }

    public ulong Welcome(IBufferWriter<byte> output)
    {
        var durable = _context.Intake.DurableSequence(Key);
        LogFrames.WriteWelcome(output, durable, RecordLimits.BatchBytesMax);
        return durable;
    }

    public ValueTask<bool> HandleAsync(
        FrameHeader header, ReadOnlySequence<byte> payload, IntakePipeline pipeline, CancellationToken stopping)
    {
        switch ((LogFrameType)header.Type)
        {
            case LogFrameType.Batch:
                return HandleBatchAsync(payload, pipeline, stopping);
            case LogFrameType.Report:
                HandleReport(payload);
                return ValueTask.FromResult(true);
            case LogFrameType.Goodbye:
                HandleReport(payload);
                return ValueTask.FromResult(false);
            default:
                throw Violation($"A frame of type {header.Type} is not for a client to send.");
        }
    }

    private static ConnectionException Violation(string message) => new(ConnectionError.ProtocolViolation, message);

    private ValueTask<bool> HandleBatchAsync(
        ReadOnlySequence<byte> payload, IntakePipeline pipeline, CancellationToken stopping)
    {
        if (payload.Length <= sizeof(ulong)) throw Violation($"A batch of {payload.Length} bytes holds no records.");
        Span<byte> sequence = stackalloc byte[sizeof(ulong)];
        payload.Slice(0, sizeof(ulong)).CopyTo(sequence);
        var firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(sequence);
        if (firstSequence == 0) throw Violation("A batch begins with the sequence 0; sequences begin at 1.");
        var batch = PooledBatch.From(payload.Slice(sizeof(ulong)));
        if (_service.Length == 0) _service = ServiceOf(batch.Bytes);
        return pipeline.AddAsync(batch, Key, firstSequence, _origin, stopping);
    }

    private static string ServiceOf(ReadOnlySpan<byte> batch) =>
        RecordBatchReader.TryOpen(batch, out var reader, out _) && reader.ResourceCount > 0
        && reader.Resource(0).TryFind("service.name"u8, out var service)
            ? Encoding.UTF8.GetString(service.Value)
            : "";

    private void HandleReport(ReadOnlySequence<byte> payload)
    {
        Span<ulong> dropped = stackalloc ulong[LogProtocol.LevelCount];
        if (!LogFrames.TryReadReport(payload, out var produced, dropped))
            throw Violation($"A report of {payload.Length} bytes is not {LogFrames.ReportBytes} long.");
        _context.Ledger.NoteReport(_context.Name, Key, _service, produced, dropped);
    }
}
