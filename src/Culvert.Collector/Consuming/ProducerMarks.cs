using System.Globalization;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Consuming;

/// <summary>
/// Tells what was sent twice: a collector that was killed sends again what it had not noted as delivered, in the order
/// in which it did, so in one partition the highest sequence of each producer says what came. Bounded: producers that
/// were not heard of for long are forgotten. One thread; <see cref="TakeForgotten"/> any.
/// </summary>
internal sealed class ProducerMarks
{
    private const string KeyPrefix = "producer ";

    // Guards the list of the forgotten, which the store's thread takes.
    private readonly Lock _gate = new();

    // Two generations: what is looked up moves to the newer one, and the older one goes as a whole.
    private Dictionary<ProducerId, ulong> _newer = [];
    private Dictionary<ProducerId, ulong> _older = [];
    private List<string> _forgotten = [];

    /// <summary>Takes what a store has kept.</summary>
    public void Load(IReadOnlyDictionary<string, long> progress)
    {
        foreach (var (key, value) in progress)
        {
            if (TryParse(key, out var producer)) _newer[producer] = (ulong)value;
        }
    }

    /// <summary>The highest sequence that came; 0 when none did.</summary>
    public ulong Highest(ProducerId producer)
    {
        if (_newer.TryGetValue(producer, out var sequence)) return sequence;
        if (!_older.Remove(producer, out sequence)) return 0;
        _newer[producer] = sequence;
        return sequence;
    }

    public void Advance(ProducerMark mark)
    {
        Highest(mark.Producer);
        _newer[mark.Producer] = mark.Sequence;
        if (_newer.Count < ConsumeLimits.ProducersMax) return;
        lock (_gate) _forgotten.AddRange(_older.Keys.Select(Key));
        (_older, _newer) = (_newer, []);
    }

    /// <summary>The keys that a store need keep no longer.</summary>
    public List<string> TakeForgotten()
    {
        lock (_gate)
        {
            var forgotten = _forgotten;
            _forgotten = [];
            return forgotten;
        }
    }

    /// <summary>Under which a store keeps a producer's mark.</summary>
    public static string Key(ProducerId producer) =>
        string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}{producer.Producer:x32}-{producer.Epoch:x16}");

    private static bool TryParse(string key, out ProducerId producer)
    {
        producer = default;
        if (!key.StartsWith(KeyPrefix, StringComparison.Ordinal) || key.Length != KeyPrefix.Length + 49) return false;
        if (!UInt128.TryParse(
                key.AsSpan(KeyPrefix.Length, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var id)
            || !ulong.TryParse(
                key.AsSpan(KeyPrefix.Length + 33), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var epoch)) return false;
        producer = new ProducerId(id, epoch);
        return true;
    }
}
