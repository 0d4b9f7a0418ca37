using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Tests.Spool;

/// <summary>A spool with its ledger and intake in a temporary folder.</summary>
internal sealed class TestSpool : IAsyncDisposable
{
    private TestSpool(LogSpool spool, Ledger ledger, SpoolIntake intake) =>
        (Spool, Ledger, Intake) = (spool, ledger, intake);

    public LogSpool Spool { get; }

    public Ledger Ledger { get; }

    public SpoolIntake Intake { get; }

    public static SpoolOptions Options(string folder) => new() { Folder = folder, FreeSpaceFloorBytes = 0 };

    public static TestSpool Open(
        SpoolOptions options, ISpoolFiles? files = null, TimeProvider? time = null, ILogger? logger = null)
    {
        var ledger = new Ledger();
        var spool = LogSpool.Open(options, ledger, files, time, logger);
        return new TestSpool(spool, ledger, new SpoolIntake(spool, ledger));
    }

    /// <summary>All that can be read from a position, as position and sequence.</summary>
    public List<(ulong Position, ulong Sequence, ProducerId Producer)> ReadAll(ulong from = 0)
    {
        using var reader = Spool.OpenReader(from);
        return ReadAll(reader);
    }

    public static List<(ulong Position, ulong Sequence, ProducerId Producer)> ReadAll(SpoolReader reader)
    {
        var found = new List<(ulong, ulong, ProducerId)>();
        while (reader.TryRead(out var entry))
        {
            var position = entry.Position;
            foreach (var sequence in TestBatch.Sequences(entry.Records.Span)) found.Add(
                (position++, sequence, entry.Producer));
            Assert.Equal(entry.NextPosition, position);
        }

        return found;
    }

    public ValueTask DisposeAsync() => Spool.DisposeAsync();
}
