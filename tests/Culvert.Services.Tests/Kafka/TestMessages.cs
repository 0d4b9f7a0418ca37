using System.Text;
using Culvert.Collector.Intake;
using Culvert.Collector.Otlp;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Writes messages as the output <c>kafka</c> does, or such as it never would.</summary>
internal sealed class TestMessages : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly byte[] Origin = AttributeWriter.Encode([new("input", "test")]);

    private readonly KafkaSender _sender;
    private readonly OtlpRecordWriter _otlp = new();
    private readonly List<Task> _underWay = [];

    public TestMessages(KafkaBroker broker) => _sender = new KafkaSender(
        [new("bootstrap.servers", broker.Address), new("enable.idempotence", "true"), new("linger.ms", "20")],
        "outputs.test", broker.Address);

    /// <summary>Records «service-N» with N as their sequence, of one program.</summary>
    public void Records(string topic, string service, int first, int count)
    {
        var source = Source.From(Origin, AttributeWriter.Encode([new("service.name", service)]));
        var producer = new ProducerId((UInt128)(uint)string.GetHashCode(service, StringComparison.Ordinal) + 1, 1);
        Span<byte> identity = stackalloc byte[RecordIdentity.LengthMax];
        for (var i = first; i < first + count; i++)
        {
            var value = _otlp.Write(new StoredRecord
            {
                Position = 0, TimeNs = 1_750_000_000_000_000_000 + i, ObservedNs = 1_750_000_000_000_000_500 + i,
                Severity = Severity.Info, Flags = RecordFlags.None, Source = source, Trace = [], Template = [],
                Logger = [], EventName = [], Body = Encoding.UTF8.GetBytes($"{service}-{i}"), Attributes = default,
            }).ToArray();
            var length = RecordIdentity.Format(producer, (ulong)i, identity);
            Send(topic, Encoding.UTF8.GetBytes(service), value,
                new(KafkaHeaders.SchemaName, KafkaHeaders.ProtobufSchema.ToArray()),
                new(KafkaHeaders.IdentityName, identity[..length].ToArray()));
        }
    }

    public void Send(string topic, byte[]? key, byte[]? value, params KafkaHeader[] headers) =>
        _underWay.Add(_sender.SendAsync(topic, key, value, headers));

    /// <summary>Waits until the broker has all.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_underWay).WaitAsync(Timeout, CancellationToken.None);
        await _sender.DisposeAsync();
    }
}
