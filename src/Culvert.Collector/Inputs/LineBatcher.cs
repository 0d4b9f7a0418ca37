using System.Buffers.Binary;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Inputs;

/// <summary>Gathers records that come without an identity into batches, numbers them, and hands them to a
/// pipeline.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class LineBatcher
{
    private readonly InputContext _context;
    private readonly InputProducer _producer;
    private readonly IntakePipeline _pipeline;
    private readonly byte[] _origin;
    private readonly RecordBatchWriter _batch = new();
    private readonly ResourceTable _resources;

    /// <param name="context">Of the input.</param>
    /// <param name="origin">What the collector saw of the sender, encoded.</param>
    /// <param name="resource">The resource of a record that says nothing of itself.</param>
    /// <param name="budget">Shared by the connections of the input.</param>
    public LineBatcher(
        InputContext context, byte[] origin, IEnumerable<KeyValuePair<string, object?>> resource, InFlightBudget budget)
    {
        _context = context;
        _origin = origin;
        _producer = NewProducer();
        _pipeline = new IntakePipeline(context, budget);
        _resources = new ResourceTable(_batch, resource);
    }

    /// <summary>Where the next record is read into.</summary>
    public RecordDraft Draft { get; } = new();

    public bool IsEmpty => _batch.IsEmpty;

    /// <summary>Whether to flush before the next record.</summary>
    public bool IsFull => _batch.IsFull;

    /// <summary>Completes when all is durable after <see cref="Complete"/>, or when no more is taken.</summary>
    public Task Ended => _pipeline.Ended;

    /// <summary>Adds what is in <see cref="Draft"/>, and counts what had to be mended.</summary>
    public void Add(LineMends mends)
    {
        mends.CountIn(_context.Ledger, _context.Name);
        if (!Draft.WriteTo(_batch, _resources.IndexOf(Draft)))
            _context.Ledger.CountDropped(_context.Name, DropReason.TooLong, 1);
    }

    /// <summary>Hands over what was gathered; waits while too much is under way. False when no more is taken.</summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (_batch.IsEmpty) return ValueTask.FromResult(true);
        var batch = PooledBatch.From(_batch);
        var firstSequence = _producer.Take(batch.RecordCount);
        _batch.Clear();
        _resources.Clear();
        return _pipeline.AddAsync(batch, _producer.Id, firstSequence, _origin, cancellationToken);
    }

    public void Complete() => _pipeline.Complete();

    public void Abandon() => _pipeline.Abandon("The collector is stopping.");

    /// <summary>A new producer for each stream: what was read but not durable when the collector died is gone, and
    /// nothing is sent twice.</summary>
    public static InputProducer NewProducer()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return new InputProducer(BinaryPrimitives.ReadUInt128LittleEndian(bytes), epoch: 1);
    }
}
