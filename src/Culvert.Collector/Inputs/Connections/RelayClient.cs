using System.Buffers;
using Culvert.Collector.Intake;
using Culvert.Collector.Records;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// Another collector that hands on records of many producers over one connection. Each keeps its identity, so that what
/// comes again, or by another way, is told by it; who sent it to the relay is kept as told by the relay.
/// </summary>
internal sealed class RelayClient : INativeClient
{
    private readonly InputContext _context;
    private readonly RelayHello _hello;
    private readonly List<KeyValuePair<string, object?>> _own;
    private readonly Dictionary<uint, Slot> _slots = [];
    private int _originBytes;
    private ulong _number;

    private RelayClient(InputContext context, in RelayHello hello, Peer peer)
    {
        (_context, _hello) = (context, hello);
        _own = PeerAttributes.Origin(context.Name, peer);
        _own.Add(new(RelayOrigin.CollectorKey, RelayOrigin.Text(hello.Collector)));
        if (hello.Name.Length > 0) _own.Add(new(RelayOrigin.NameKey, hello.Name));
        Key = new ProducerId(hello.Collector, hello.Member);
    }

    public ProducerId Key { get; }

    public int InFlightBatchesMax => RelayLimits.WindowBatches;

    /// <param name="context">Of the input.</param>
    /// <param name="payload">Of its RelayHello.</param>
    /// <param name="rule">Who may relay.</param>
    /// <param name="peer">Who it is.</param>
    public static RelayClient Open(
        InputContext context, in ReadOnlySequence<byte> payload, RelayRule rule, Peer peer)
    {
        if (!RelayFrames.TryReadHello(payload, out var hello))
            throw Violation($"A RelayHello of {payload.Length} bytes cannot be read.");
        if (rule.Problem(context.Name, peer) is { } problem)
            throw new RelayRefusedException(LogErrorCode.RelayNotAllowed, problem);
        if (hello.Collector == context.Collector)
        {
            throw new RelayRefusedException(
                LogErrorCode.RelayLoop, "A collector would relay to itself; take this output out, or name another "
                    + "collector's endpoint. If its data folder is a copy of the other one's, delete the file "
                    + $"{CollectorIdentity.FileName} in one of them.");
        }

        return new RelayClient(context, hello, peer);
    }

    public ulong Welcome(IBufferWriter<byte> output)
    {
        RelayFrames.WriteWelcome(output, new RelayWelcome(
            Math.Min(_hello.Version, RelayLimits.Version), _context.Collector, RecordLimits.BatchBytesMax,
            RelayLimits.ProducersMax));
        return 0;
    }

    public ValueTask<bool> HandleAsync(
        FrameHeader header, ReadOnlySequence<byte> payload, IntakePipeline pipeline, CancellationToken stopping)
    {
        switch ((LogFrameType)header.Type)
        {
            case LogFrameType.RelayBatch:
                return HandleBatchAsync(payload, pipeline, stopping);
            case LogFrameType.RelayProducer:
                HandleProducer(payload);
                return ValueTask.FromResult(true);
            case LogFrameType.RelayReport:
                HandleReport(payload);
                return ValueTask.FromResult(true);
            default:
                throw Violation($"A frame of type {header.Type} is not for a relay to send.");
        }
    }

    private static ConnectionException Violation(string message) => new(ConnectionError.ProtocolViolation, message);

    private void HandleProducer(in ReadOnlySequence<byte> payload)
    {
        if (!RelayFrames.TryReadProducer(payload, out var slot, out var producer, out var epoch))
            throw Violation($"A RelayProducer of {payload.Length} bytes cannot be read.");
        var told = payload.Slice(RelayFrames.ProducerHeadBytes).ToArray();
        var at = 0;
        if (!AttributeList.TryRead(told, ref at, out var list) || at != told.Length || !list.IsValid())
            throw Violation("The origin of a relayed producer is no list of attributes.");
        CheckPath(RelayOrigin.Path(list));
        var origin = RelayOrigin.Encode(_own, list);
        if (_slots.Remove(slot, out var before)) _originBytes -= before.Origin.Length;
        _originBytes += origin.Length;
        if (_originBytes > RelayLimits.OriginsBytesMax || origin.Length > Spool.SpoolLimits.OriginBytesMax)
            throw Violation($"The origins of relayed producers are over {RelayLimits.OriginsBytesMax} bytes.");
        var id = new ProducerId(producer, epoch);
        _slots[slot] = new Slot(id, origin);
        // The relay sends from its first record that was not acknowledged on: what an older connection was refused
        // comes again, or never.
        _context.Intake.DurableSequence(id);
    }

    private void CheckPath(List<string> path)
    {
        if (path.Contains(RelayOrigin.Text(_context.Collector)))
        {
            throw new RelayRefusedException(
                LogErrorCode.RelayLoop, "Collectors relay in a circle: these records were relayed from here before; "
                    + "take the output out of one of the collectors between, or let it relay elsewhere.");
        }

        // The relay itself is one more.
        if (path.Count < RelayLimits.HopsMax) return;
        throw new RelayRefusedException(
            LogErrorCode.RelayLoop, $"These records came through {path.Count + 1} collectors, and more than "
                + $"{RelayLimits.HopsMax} are taken for a circle; let fewer relay to each other.");
    }

    private ValueTask<bool> HandleBatchAsync(
        in ReadOnlySequence<byte> payload, IntakePipeline pipeline, CancellationToken stopping)
    {
        if (!RelayFrames.TryReadBatch(payload, out var index, out var number, out var firstSequence))
            throw Violation($"A RelayBatch of {payload.Length} bytes cannot be read.");
        if (!_slots.TryGetValue(index, out var slot))
            throw Violation($"A batch is of the slot {index}, which stands for nobody.");
        if (number <= _number) throw Violation($"A batch has the number {number}, and one before it {_number}.");
        _number = number;
        var batch = PooledBatch.From(payload.Slice(RelayFrames.BatchHeadBytes));
        return pipeline.AddAsync(batch, slot.Producer, firstSequence, slot.Origin, stopping, number);
    }

    private void HandleReport(in ReadOnlySequence<byte> payload)
    {
        Span<ulong> dropped = stackalloc ulong[LogProtocol.LevelCount];
        if (!RelayFrames.TryReadReport(payload, out var producer, out var epoch, out var produced, dropped))
            throw Violation($"A RelayReport of {payload.Length} bytes is not {RelayFrames.ReportBytes} long.");
        _context.Ledger.NoteRelayedReport(_context.Name, new ProducerId(producer, epoch), produced, dropped);
    }

    private readonly record struct Slot(ProducerId Producer, byte[] Origin);
}
