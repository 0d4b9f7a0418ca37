using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// The resources of a batch under construction: what the sender is by itself, overlaid with what a record says of its
/// service, host and process. Each differing one stands in the batch once.
/// </summary>
/// <remarks>One thread at a time; <see cref="Clear"/> whenever the batch is cleared.</remarks>
internal sealed class ResourceTable
{
    private readonly RecordBatchWriter _batch;
    private readonly Dictionary<byte[], int> _indexes = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly KeyValuePair<string, object?>[] _attributes;
    private readonly RecordBuffer _encoded = new(256);
    private int _plainIndex = -1;

    /// <param name="batch">The batch whose resources these are.</param>
    /// <param name="attributes">The resource of a record that says nothing of itself.</param>
    public ResourceTable(RecordBatchWriter batch, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        _batch = batch;
        _attributes = [.. attributes];
        _lookup = _indexes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The index of the draft's resource, which is added to the batch if it is not there.</summary>
    public int IndexOf(RecordDraft draft)
    {
        var isPlain = draft.Service.IsEmpty && draft.Host.IsEmpty && draft.ProcessId is null;
        if (isPlain && _plainIndex >= 0) return _plainIndex;
        Encode(draft);
        if (!_lookup.TryGetValue(_encoded.Written, out var index))
        {
            index = _batch.AddResource(_encoded.Written);
            _lookup[_encoded.Written] = index;
        }

        if (isPlain) _plainIndex = index;
        return index;
    }

    /// <summary>The draft's resource, encoded, for one who keeps resources in another way; valid until the next
    /// call.</summary>
    public ReadOnlySpan<byte> EncodedOf(RecordDraft draft)
    {
        Encode(draft);
        return _encoded.Written;
    }

    public void Clear()
    {
        _indexes.Clear();
        _plainIndex = -1;
    }

    private void Encode(RecordDraft draft)
    {
        _encoded.Clear();
        var writer = AttributeWriter.Begin(_encoded);
        if (!draft.Service.IsEmpty) writer.Add("service.name"u8, draft.Service);
        if (!draft.Host.IsEmpty) writer.Add("host.name"u8, draft.Host);
        if (draft.ProcessId is { } processId) writer.Add("process.pid"u8, processId);
        foreach (var (key, value) in _attributes)
        {
            if (!IsOverlaid(key, draft)) writer.Add(key, value);
        }

        writer.End();
    }

    // A record that names another service speaks for another process than the one that wrote the line, as `logger`
    // does.
    private static bool IsOverlaid(string key, RecordDraft draft) => key switch
    {
        "service.name" => !draft.Service.IsEmpty,
        "host.name" => !draft.Host.IsEmpty,
        "process.pid" => draft.ProcessId is not null,
        _ => false,
    };
}
