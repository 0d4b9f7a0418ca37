using Culvert.Collector.Outputs;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

/// <summary>
/// Reads durable entries in the order of their positions, from the page cache in large pieces; each checksum is checked
/// again. Damage and what was deleted is passed over, and with an output's reader counted in its ledger.
/// </summary>
/// <remarks>One thread at a time; readers are independent of each other.</remarks>
internal sealed class SpoolReader : IEntryReader
{
    private readonly LogSpool _spool;
    private readonly ISpoolFiles _files;
    private readonly SpoolOutput? _output;
    private readonly ILogger _logger;
    private readonly SegmentScanner _scanner;
    private SpoolSegment? _segment;
    private ulong _endPosition;
    private long _dataEnd;

    internal SpoolReader(LogSpool spool, ISpoolFiles files, SpoolOutput? output, ulong position, ILogger logger)
    {
        _spool = spool;
        _files = files;
        _output = output;
        _logger = logger;
        _scanner = new SegmentScanner(spool.Salt);
        Position = position;
    }

    /// <summary>What is read next: behind the entry given last.</summary>
    public ulong Position { get; private set; }

    public bool IsAtEnd => Position >= _spool.DurablePosition;

    /// <summary>A search goes on in a segment that was deleted under it, which its open file keeps alive. An output
    /// must not: what was deleted is counted as expired for it.</summary>
    private bool HoldsDeleted => _output is null && _segment is not null && Position < _endPosition;

    /// <summary>Waits until there may be something to read; false when there is nothing and the spool is
    /// closed.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken = default)
    {
        while (_spool.DurablePosition <= Position)
        {
            if (_spool.Advanced(Position) is not { } advanced) return _spool.DurablePosition > Position;
            await advanced.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_spool.IsStopped && _spool.DurablePosition <= Position) return false;
        }

        return true;
    }

    /// <summary>The next entry, if there is one that is durable. The first may begin before the position that was asked
    /// for. Its memory is valid until the next call.</summary>
    public bool TryRead(out SpoolEntry entry)
    {
        while (true)
        {
            if (Position < _spool.FirstPosition && !HoldsDeleted) Jump();
            if (Position >= _spool.DurablePosition)
            {
                entry = default;
                return false;
            }

            Locate();
            if (_segment is null) continue;
            if (_scanner.TryNext(Position, _endPosition, _dataEnd, out var header, out var payload))
            {
                if (header.Position > Position) Damaged(header.Position);
                Position = header.NextPosition;
                entry = ToEntry(header, payload);
                return true;
            }

            // Nothing more is in this segment below the end that was known: what it should have held is damaged.
            Damaged(_endPosition);
        }
    }

    /// <summary>The output has all below the position for good: it is not read again after a restart. For an output's
    /// reader; durable with the next checkpoint.</summary>
    public void Commit(ulong position)
    {
        if (_output is null) throw new InvalidOperationException("This reader has no cursor.");
        _spool.Commit(_output, position);
    }

    public void Dispose() => _scanner.Dispose();

    internal static SpoolEntry ToEntry(in EntryHeader header, ReadOnlyMemory<byte> payload) => new()
    {
        Position = header.Position,
        RecordCount = header.RecordCount,
        Producer = header.Producer,
        FirstSequence = header.FirstSequence,
        LastSequence = header.LastSequence,
        ObservedNs = header.ObservedNs,
        Origin = payload[..header.OriginBytes],
        Records = payload[header.OriginBytes..],
    };

    /// <summary>Finds the segment of the position, if there is one, and how far it may be read.</summary>
    private void Locate()
    {
        if (_segment is not null && Position < _endPosition) return;
        if (_spool.Find(Position, out var holeEnd) is not { } segment)
        {
            // Deleted between two looks, and the next turn jumps; or the file is gone, which is damage.
            Leave();
            if (Position >= _spool.FirstPosition) Damaged(holeEnd);
            return;
        }

        try
        {
            if (segment == _segment) _spool.Look(segment, out _endPosition, out _dataEnd);
            else Enter(segment);
        }
        catch (FileNotFoundException)
        {
            Leave();
            if (Position >= _spool.FirstPosition) Damaged(segment.EndPosition);
        }
    }

    private void Enter(SpoolSegment segment)
    {
        SealedSegment.TryLearn(_files, segment);
        var file = _files.OpenRead(segment.Name);
        long offset;
        lock (_spool.Gate) offset = segment.OffsetBefore(Position);
        _spool.Look(segment, out _endPosition, out _dataEnd);
        _scanner.Open(file, offset);
        _segment = segment;
    }

    private void Leave()
    {
        _scanner.Close();
        _segment = null;
    }

    private void Jump()
    {
        Leave();
        Position = _spool.FirstPosition;
    }

    private void Damaged(ulong until)
    {
        if (until <= Position) return;
        if (_output is not null)
        {
            SpoolLog.Damaged(_logger, Position, until - 1);
            lock (_spool.Gate) _output.NoteDamage(Position, until);
        }

        Position = until;
    }
}
