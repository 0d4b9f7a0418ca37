using System.Buffers;
using System.Buffers.Binary;
using Culvert.Collector.Intake;
using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Inputs.Journals;

/// <summary>Carries one journal into the intake: reads ahead a bounded amount, and gives the room back to the program
/// when it is durable. One thread at a time.</summary>
internal sealed class JournalDrain : IDisposable
{
    private readonly InputContext _context;
    private readonly JournalReader _reader;
    private readonly IntakePipeline _pipeline;
    private readonly ProducerId _producer;
    private readonly byte[] _origin;
    private readonly string _service;
    private readonly Queue<JournalBatch> _pending = new();
    private readonly Queue<int> _pendingBytes = new();
    private readonly ulong[] _dropped = new ulong[LogProtocol.LevelCount];
    private readonly ulong[] _reported = new ulong[LogProtocol.LevelCount];
    private long _bytes;
    private ulong _durable;
    private ulong _handedOver;
    private long _reportedAt;

    /// <param name="context">Of the input.</param>
    /// <param name="reader">Owned by this.</param>
    /// <param name="budget">Shared by the journals of the input.</param>
    /// <param name="wake">Called, on any thread, when something became durable.</param>
    public JournalDrain(InputContext context, JournalReader reader, InFlightBudget budget, Action wake)
    {
        (_context, _reader) = (context, reader);
        _producer = new ProducerId(BinaryPrimitives.ReadUInt128LittleEndian(reader.Producer), reader.Epoch);
        _origin = PeerAttributes.EncodeOrigin(context.Name, JournalSystem.Current.User);
        _service = BatchFilter.ServiceOf(AttributeList.Read(reader.Resource));

        // The intake is told that this producer begins anew from what is durable, and sends in order from there.
        _durable = context.Intake.DurableSequence(_producer);
        _pipeline = new IntakePipeline(context, budget, sequence =>
        {
            // The partner is Settle, on the input's thread.
            Volatile.Write(ref _durable, sequence);
            wake();
            return ValueTask.CompletedTask;
        });
        _ = _pipeline.Ended.ContinueWith(_ => wake(), TaskScheduler.Default);
    }

    public string Path => _reader.Path;

    public int ProcessId => _reader.ProcessId;

    /// <summary>Places that dead threads had taken.</summary>
    public int Abandoned { get; private set; }

    /// <summary>Why the intake takes no more of it; null while it does.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Reads and hands over one batch. False when there is nothing to do now.</summary>
    public async ValueTask<bool> TurnAsync(CancellationToken cancellationToken)
    {
        Settle();
        if (_pipeline.Ended.IsCompleted)
        {
            Refusal = await _pipeline.Ended.ConfigureAwait(false) ?? "The collector is stopping.";
            return false;
        }

        if (_bytes >= JournalInputLimits.InFlightBytesMax) return false;
        var batch = _reader.Read();
        if (batch.IsEmpty) return false;
        Abandoned += batch.Abandoned;
        if (batch.Malformed > 0) _context.Ledger.CountDropped(_context.Name, DropReason.Malformed, batch.Malformed);
        var bytes = batch.Records == 0 ? 0 : _reader.Batch.Length;

        // What holds no record is settled with what was handed over before it.
        if (batch.Records > 0) _handedOver = batch.LastRecordSequence;
        _pending.Enqueue(batch with { LastRecordSequence = _handedOver });
        _pendingBytes.Enqueue(bytes);
        _bytes += bytes;
        if (batch.Records == 0) return true;
        var records = PooledBatch.From(new ReadOnlySequence<byte>(_reader.Batch));
        await _pipeline.AddAsync(records, _producer, batch.FirstSequence, _origin, cancellationToken)
            .ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether the program is dead and all it left is durable. Tells the ledger what it dropped.</summary>
    public bool IsFinished()
    {
        Settle();
        var isOrphan = _reader.TryTakeOver();
        var isFinished = isOrphan && _pending.Count == 0 && _reader.IsDrained;
        Report(isFinished);
        return isFinished;
    }

    /// <inheritdoc cref="JournalReader.TryRemove"/>
    public bool TryRemove() => _reader.TryRemove();

    /// <summary>Waits until what was handed over is durable, or the token cancelled; no more is read.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _pipeline.Complete();
        await using (cancellationToken.Register(() => _pipeline.Abandon("The collector is stopping.")))
            await _pipeline.Ended.ConfigureAwait(false);
        try
        {
            Settle();
        }
        catch (IOException)
        {
            // The file was cut, or its disk fails. What is durable is not taken again, wherever reading
            // begins.
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Settle()
    {
        var durable = Volatile.Read(ref _durable);
        JournalBatch? last = null;
        var records = 0;
        while (_pending.TryPeek(out var batch) && batch.LastRecordSequence <= durable)
        {
            _pending.Dequeue();
            _bytes -= _pendingBytes.Dequeue();
            records += batch.Records;
            last = batch;
        }

        if (last is { } settled) _reader.Release(settled.EndPosition, settled.LastSequence, records);
    }

    private void Report(bool isLast)
    {
        if (!isLast && _context.Time.GetElapsedTime(_reportedAt) < JournalInputLimits.ReportInterval) return;
        if (!_reader.TryReadReport(_dropped, out var produced)) return;
        if (!isLast && _dropped.AsSpan().SequenceEqual(_reported)) return;
        _context.Ledger.NoteReport(_context.Name, _producer, _service, produced, _dropped);
        _dropped.CopyTo(_reported, 0);
        _reportedAt = _context.Time.GetTimestamp();
    }
}
