using Culvert.Collector.Consuming;
using Culvert.Collector.Otlp;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Fuzz.Targets;

/// <summary>A message of a topic; its first byte says by which schema it claims to be.</summary>
internal sealed class KafkaTarget : IFuzzTarget, IDisposable
{
    private static readonly byte[]?[] Schemas =
        [KafkaHeaders.ProtobufSchema.ToArray(), KafkaHeaders.JsonSchema.ToArray(), null, [255]];

    private readonly MessageDecoder _decoder = new(FixedTime.Instance);

    public string Name => "kafka";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var seeds = new List<byte[]>();
            var writer = new OtlpRecordWriter();
            Samples.EachRecord((in record) => seeds.Add([0, .. writer.Write(record)]));
            var json = new RecordJsonTarget().Seeds.Select(seed => (byte[])[1, .. seed]);
            return [.. seeds, .. json, [2, .. seeds[0][1..]]];
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var headers = new List<KafkaHeader>();
        if (Schemas[input[0] % Schemas.Length] is { } schema) headers.Add(new(KafkaHeaders.SchemaName, schema));
        headers.Add(new(KafkaHeaders.IdentityName, input[..Math.Min(52, input.Length)].ToArray()));
        var message = new KafkaReceived
        {
            Partition = new("t", 0), Offset = 1, TimestampMs = 1, Key = null, Value = input[1..].ToArray(),
            Headers = headers,
        };
        MessageDecoder.TryReadIdentity(message, out _, out _);
        var entries = _decoder.Decode(message, out var reason, out var problem);
        Must.Hold(entries.Count > 0 == (reason.Length == 0));
        Must.Hold(entries.Count > 0 == (problem.Length == 0));
        foreach (var entry in entries) BatchTarget.CheckOwn(entry.Records);
    }

    public void Dispose() => _decoder.Dispose();
}
