using Culvert.Collector.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Cli.Sending;

/// <summary>The resources of lines, each encoded once: a journal names another service in every other line.</summary>
internal sealed class SendResources
{
    /// <summary>Most resources kept; then they are encoded anew.</summary>
    private const int CountMax = 4_096;

    private readonly Dictionary<byte[], byte[]> _known = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly ResourceTable _table;

    public SendResources(string service, string? file)
    {
        List<KeyValuePair<string, object?>> attributes =
            [new("service.name", service), new("host.name", Environment.MachineName)];
        if (file is not null) attributes.Add(new("log.file.path", file));
        _table = new ResourceTable(new RecordBatchWriter(), attributes);
        _lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public byte[] Of(RecordDraft draft)
    {
        var encoded = _table.EncodedOf(draft);
        if (_lookup.TryGetValue(encoded, out var known)) return known;
        if (_known.Count == CountMax) _known.Clear();
        known = encoded.ToArray();
        _known.Add(known, known);
        return known;
    }
}
