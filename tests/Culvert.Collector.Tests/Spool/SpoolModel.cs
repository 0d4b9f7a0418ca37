using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Tests.Spool;

/// <summary>
/// Runs random operations on a spool over <see cref="CrashFiles"/> and checks it against what a client and a reader may
/// expect: every acknowledged record is there once, at the same position, until it is deleted; positions are dense;
/// cursors do not go back behind a checkpoint; the ledger adds up.
/// </summary>
internal sealed class SpoolModel(int seed) : IAsyncDisposable
{
    private const string Output = "store";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(seed);
    private readonly CrashFiles _files = new();
    private readonly ManualTime _time = new();
    private readonly ModelProducer[] _producers =
        [.. Enumerable.Range(1, 3).Select(i => new ModelProducer(new ProducerId((uint)i, 1)))];

    // What was read as durable, by position; its indexes are the positions.
    private readonly List<(UInt128 Producer, ulong Sequence)> _log = [];
    private readonly HashSet<(UInt128, ulong)> _known = [];
    private readonly List<(UInt128, ulong)> _acknowledged = [];
    private TestSpool? _spool;
    private SpoolReader? _reader;
    private ulong _committed;
    private ulong _checkpointed;

    public async Task RunAsync(int operations)
    {
        Reopen();
        for (var i = 0; i < operations; i++)
        {
            await StepAsync();
            if (_files.IsCrashed) await RestartAsync();
        }

        await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        if (_spool is not null) await _spool.DisposeAsync();
    }

    public List<string> Lines { get; } = [];

    private long Now => UnixTime.NowNs(_time);

    private void Trace(string line) => Lines.Add(line);

    private async Task StepAsync()
    {
        switch (_random.Next(20))
        {
            case < 9:
                await SendAsync();
                break;
            case < 12:
                Consume();
                break;
            case 12:
                if (await _spool!.Spool.CheckpointAsync()
                    .WaitAsync(Limit, TestContext.Current.CancellationToken)) _checkpointed = _committed;
                break;
            case 13:
                _time.Advance(TimeSpan.FromSeconds(_random.Next(1, 20)));
                break;
            case 14:
                Trace("flush fails");
                _files.FailNextFlush = true;
                break;
            case 15:
                Trace("write fails");
                _files.FailNextWrite = true;
                break;
            case 16:
                await CloseAsync();
                Reopen();
                break;
            default:
                _files.CrashAfter(_random.Next(1, 12));
                break;
        }
    }

    /// <summary>Sends what is unacknowledged and some more, without waiting in between, then looks at the
    /// answers.</summary>
    private async Task SendAsync()
    {
        var answers = new List<(ModelProducer Producer, Task<IntakeResult> Answer)>();
        foreach (var producer in _producers)
        {
            for (var i = _random.Next(3); i > 0 && producer.Unacknowledged.Count < 4; i--) producer.MakeBatch(_random);
            foreach (var (first, sequences) in producer.Unacknowledged)
            {
                var batch = TestBatch.Of(sequences, first, $"service-{producer.Id.Producer}", null, padding: 1500);
                Trace($"send {producer.Id.Producer} first {first}: {string.Join(',', sequences)}");
                answers.Add((producer, _spool!.Intake.SendAsync(producer.Id, first, batch, observedNs: Now).AsTask()));
            }
        }

        foreach (var (producer, answer) in answers)
        {
            var result = await answer.WaitAsync(Limit, TestContext.Current.CancellationToken);
            Trace($"answer {producer.Id.Producer} {result}");
            if (result.Status == IntakeStatus.Durable)
                _acknowledged.AddRange(
                    producer.Acknowledge(result.LastSequence).Select(number => (producer.Id.Producer, number)));
            else Assert.Equal(IntakeStatus.Full, result.Status);
        }

        Learn();

        // A failed write refuses until the next tick.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        CheckLedger();
    }

    private void Consume()
    {
        for (var left = _random.Next(6); left > 0 && _reader!.TryRead(out _);) left--;
        if (_random.Next(2) == 0) _reader!.Commit(_committed = _reader.Position);
        CheckLedger();
    }

    private async Task CloseAsync()
    {
        _reader!.Dispose();
        await _spool!.DisposeAsync().AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    private async Task RestartAsync()
    {
        Trace("restart");
        await CloseAsync();
        _files.Restart(_random);
        Reopen();
    }

    private void Reopen()
    {
        var options = new SpoolOptions
        {
            Folder = "memory",
            SegmentBytes = 64 << 10,
            CheckpointBytes = 64 << 10,
            KeepConsumedBytes = 100 << 10,
            MaxSizeBytes = 1 << 20,
            FreeSpaceFloorBytes = 0,
        };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _spool = TestSpool.Open(options, _files, _time);
                break;
            }
            catch (IOException) when (attempt < 3)
            {
                // A fault that was set, or a crash, hit the opening itself; then it is opened once more.
                _files.Restart(_random);
            }
        }

        Trace("open " + string.Join(
            ' ', _producers.Select(p => p.Id.Producer + ":" + _spool.Ledger.Producers.Find(p.Id)?.Durable)));
        Learn();
        Assert.True((ulong)_log.Count == _spool.Spool.NextPosition,
            $"Positions: read {_log.Count}, next {_spool.Spool.NextPosition}.");
        foreach (var producer in _producers)
        {
            // What is durable and was not acknowledged need not be sent again: the Welcome says so.
            var durable = _spool.Intake.DurableSequence(producer.Id);
            Assert.True(producer.Acknowledged <= durable, "An acknowledged record is not durable.");
            if (_random.Next(2) == 0) producer.Acknowledge(durable)
                .ForEach(number => _acknowledged.Add((producer.Id.Producer, number)));
        }

        _reader = _spool.Spool.OpenReader(Output);
        Assert.True(_reader.Position >= Math.Min(_checkpointed, _spool.Spool.DurablePosition),
            "The cursor went back behind a checkpoint.");
        _committed = _reader.Position;
        CheckLedger();
    }

    /// <summary>Reads everything that is there and compares it with what was read before.</summary>
    private void Learn()
    {
        ulong expected;
        List<(ulong, ulong, ProducerId)> all;
        do
        {
            // Deleted in between by a tick: looked at again.
            expected = _spool!.Spool.FirstPosition;
            all = _spool.ReadAll();
        }
        while (expected != _spool.Spool.FirstPosition);
        foreach (var (position, sequence, producer) in all)
        {
            Assert.True(position == expected || (position == (ulong)_log.Count && position <= expected),
                $"Position {position}, not {expected}.");
            expected = position + 1;
            var record = (producer.Producer, sequence);
            if (position < (ulong)_log.Count)
            {
                Assert.Equal(_log[(int)position], record);
                continue;
            }

            Trace($"{position} {record}");
            Assert.True(_known.Add(record), $"Record {record} is there twice.");
            _log.Add(record);
        }

        foreach (var record in _acknowledged)
            Assert.True(_known.Contains(record), $"Record {record} was acknowledged and is not there.");
    }

    private void CheckLedger()
    {
        if (_files.IsCrashed) return;
        var ledger = _spool!.Ledger.Snapshot();
        Assert.True(ledger.Balanced, $"The ledger does not add up: {ledger}");
        foreach (var producer in ledger.Producers)
        {
            var id = UInt128.Parse(producer.Producer, System.Globalization.NumberStyles.HexNumber);
            var sequences = _log.Where(record => record.Producer == id).Select(record => record.Sequence).ToList();
            Assert.Equal((ulong)sequences.Count, producer.Received);
            if (sequences.Count > 0) Assert.Equal(sequences.Max() - (ulong)sequences.Count, producer.Lost);
        }
    }
}
