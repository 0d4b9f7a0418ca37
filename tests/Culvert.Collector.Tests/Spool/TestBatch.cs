using System.Buffers;
using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Spool;

/// <summary>Makes batches and reads them back.</summary>
internal static class TestBatch
{
    public static readonly byte[] Origin = AttributeWriter.Encode([new("input", "native"), new("peer.pid", 7)]);

    /// <summary>Records with the given sequences, each with its sequence in its body.</summary>
    public static byte[] Of(
        IReadOnlyList<ulong> sequences, ulong firstSequence, string service = "api", Func<ulong,
            Severity>? severity = null,
        int padding = 0)
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", service)]));
        var next = firstSequence;
        foreach (var sequence in sequences)
        {
            writer.BeginRecord(
                0, severity?.Invoke(sequence) ?? Severity.Info, 1_700_000_000_000_000_000, sequence - next);
            writer.Body((Body(sequence) + new string('.', padding)).AsSpan());
            writer.BeginAttributes().End();
            writer.EndRecord();
            next = sequence + 1;
        }

        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Consecutive records.</summary>
    public static byte[] Of(ulong firstSequence, int count, string service = "api", int padding = 0) =>
        Of([.. Enumerable.Range(0, count).Select(i => firstSequence + (ulong)i)], firstSequence, service, null,
            padding);

    public static ValueTask<IntakeResult> SendAsync(
        this IIntake intake, ProducerId producer, ulong firstSequence, byte[] records, string input = "native",
            long observedNs = 1) =>
        intake.AcceptAsync(
            new IntakeBatch
            {
                Input = input,
                Producer = producer,
                FirstSequence = firstSequence,
                ObservedNs = observedNs,
                Origin = Origin,
                Records = records,
            },
            TestContext.Current.CancellationToken);

    /// <summary>The sequences in the bodies of an entry's records.</summary>
    public static List<ulong> Sequences(ReadOnlySpan<byte> records)
    {
        Assert.True(RecordBatchReader.Validate(records, out _, out _, out var problem), problem);
        Assert.True(RecordBatchReader.TryOpen(records, out var reader, out _));
        var sequences = new List<ulong>();
        while (reader.TryRead(out var record))
            sequences.Add(ulong.Parse(
                System.Text.Encoding.UTF8.GetString(record.Body).TrimEnd('.'), CultureInfo.InvariantCulture));
        return sequences;
    }

    private static string Body(ulong sequence) => sequence.ToString(CultureInfo.InvariantCulture);
}
