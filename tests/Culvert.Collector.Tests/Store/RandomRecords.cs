using System.Globalization;
using Culvert.Records;

namespace Culvert.Collector.Tests.Store;

/// <summary>Writes random records into a spool and keeps what it wrote, so that an answer can be compared.</summary>
internal sealed class RandomRecords(int seed)
{
    private static readonly string[] Words =
        ["connection", "refused", "timeout", "user", "order", "paid", "cache", "miss", "Zoë", "naïve", "retry", "disk"];

    private static readonly Severity[] Severities =
        [Severity.Trace, Severity.Debug, Severity.Info, Severity.Info, Severity.Info, Severity.Warn, Severity.Error,
            Severity.Fatal];

    private readonly Random _random = new(seed);

    public List<Expected> All { get; } = [];

    /// <summary>Appends an entry of random records; some clocks are in 1970 and 2099, some records have no
    /// time.</summary>
    public void Append(TestSpool spool, int records, long observedNs)
    {
        var writer = new RecordBatchWriter();
        var services = _random.Next(1, 4);
        for (var i = 0; i < services; i++)
            writer.AddResource(AttributeWriter.Encode([new("service.name", "service" + _random.Next(6))]));
        var first = spool.End;
        for (var i = 0; i < records; i++)
        {
            var time = RandomTime(observedNs);
            var severity = Severities[_random.Next(Severities.Length)];
            var body = string.Join(
                ' ', Enumerable.Range(0, _random.Next(1, 8)).Select(_ => Words[_random.Next(Words.Length)]))
                + " " + (first + (ulong)i).ToString(CultureInfo.InvariantCulture);
            writer.BeginRecord(_random.Next(services), severity, time);
            if (_random.Next(4) == 0) writer.Trace(RandomBytes(16), RandomBytes(8), 1);
            if (_random.Next(3) == 0) writer.Template("template {Number}");
            if (_random.Next(2) == 0) writer.Logger("Logger." + _random.Next(4));
            if (_random.Next(5) == 0) writer.EventName("Event" + _random.Next(3));
            writer.Body(body);
            var number = _random.Next(100);
            var attributes = writer.BeginAttributes();
            if (_random.Next(2) == 0) attributes.Add("number", number);
            else number = -1;
            attributes.End();
            writer.EndRecord();
            All.Add(new Expected(first + (ulong)i, time == 0 ? observedNs : time, severity, body, number));
        }

        spool.Append(writer, observedNs);
    }

    private long RandomTime(long observedNs) => _random.Next(60) switch
    {
        0 => 1,
        1 => 4_070_908_800_000_000_000,
        2 => 0,
        3 => long.MaxValue,
        4 => long.MinValue,
        _ => observedNs - _random.Next(0, 2_000_000) * 1_000L,
    };

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>What was written; Number is -1 without the attribute.</summary>
    internal sealed record Expected(ulong Position, long TimeNs, Severity Severity, string Body, int Number)
    {
        /// <summary>Whether the word stands in the body or in the attribute.</summary>
        public bool Has(string word) =>
            Body.Split(' ').Contains(word) || Number.ToString(CultureInfo.InvariantCulture) == word;
    }
}
