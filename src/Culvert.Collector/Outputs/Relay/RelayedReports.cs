using Culvert.Collector.Intake;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>
/// What the producers whose records were relayed say of themselves: how many numbers they gave and what they dropped.
/// It outlives the connections: what changed while there was none is told on the next, and there all of it again, since
/// the other side may have lost it in a crash. Any thread.
/// </summary>
internal sealed class RelayedReports(Ledger? ledger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProducerId, Told> _told = [];
    private long _connection;

    /// <summary>Begins anew on another connection.</summary>
    public void BeginConnection()
    {
        lock (_gate) _connection++;
    }

    /// <summary>Records of this producer are relayed; nothing is told of it until they are acknowledged, since only
    /// then the other side knows it.</summary>
    public void Note(ProducerId producer, ulong number)
    {
        if (ledger is null) return;
        lock (_gate)
        {
            if (!_told.TryGetValue(producer, out var told))
            {
                if (_told.Count >= RelayLimits.ReportsMax) Forget();
                _told[producer] = told = new Told();
            }

            told.Number = number;
        }
    }

    /// <summary>The reports that the other side has not been told yet, of producers of which it acknowledged
    /// all.</summary>
    public List<RelayedReport> Take(ulong acknowledged)
    {
        var news = new List<RelayedReport>();
        if (ledger is null) return news;
        lock (_gate)
        {
            foreach (var (producer, told) in _told)
            {
                if (told.Number > acknowledged || ledger.FindReport(producer) is not { } report) continue;
                var sum = 0UL;
                foreach (var dropped in report.DroppedByLevel) sum += dropped;
                // Without drops, and with nothing given that did not come, the records say it all.
                if (sum == 0 && report.Produced == report.Durable) continue;
                if (told.Connection == _connection && (told.Produced, told.Dropped) == (report.Produced, sum)) continue;
                (told.Connection, told.Produced, told.Dropped) = (_connection, report.Produced, sum);
                news.Add(new RelayedReport(producer, report.Produced, report.DroppedByLevel));
            }
        }

        return news;
    }

    private void Forget()
    {
        foreach (var (producer, _) in _told.OrderBy(pair => pair.Value.Number).Take(RelayLimits.ReportsMax / 4)
            .ToList()) _told.Remove(producer);
    }

    private sealed class Told
    {
        public long Connection { get; set; }

        public ulong Produced { get; set; }

        public ulong Dropped { get; set; }

        public ulong Number { get; set; }
    }
}

/// <summary>What a producer said of itself.</summary>
internal readonly record struct RelayedReport(ProducerId Producer, ulong Produced, ulong[] DroppedByLevel);
