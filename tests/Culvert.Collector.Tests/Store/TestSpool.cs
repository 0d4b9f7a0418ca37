using System.Buffers;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Collector.Tests.Store;

/// <summary>A spool in memory: entries that are made record by record, given as the real one gives them.</summary>
internal sealed class TestSpool : ISpoolTail
{
    private readonly List<SpoolEntry> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>Entries that end at or below this position are deleted, as the spool's retention does.</summary>
    public ulong Released { get; set; }

    public ulong End
    {
        get
        {
            lock (_lock) return _entries.Count == 0 ? 0 : _entries[^1].NextPosition;
        }
    }

    public IReadOnlyList<SpoolEntry> Entries => _entries;

    /// <summary>Appends one entry with what the action writes.</summary>
    public SpoolEntry Append(int records, long observedNs, Action<RecordBatchWriter, int> write, string service = "api")
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", service)]));
        for (var i = 0; i < records; i++) write(writer, i);
        return Append(writer, observedNs);
    }

    public SpoolEntry Append(RecordBatchWriter writer, long observedNs)
    {
        var batch = new ArrayBufferWriter<byte>();
        writer.WriteTo(batch);
        lock (_lock)
        {
            var position = _entries.Count == 0 ? 0 : _entries[^1].NextPosition;
            var entry = new SpoolEntry
            {
                Position = position,
                RecordCount = writer.RecordCount,
                Producer = new ProducerId(1, 1),
                FirstSequence = position + 1,
                LastSequence = position + (ulong)writer.RecordCount,
                ObservedNs = observedNs,
                Origin = AttributeWriter.Encode([new("input", "test")]),
                Records = batch.WrittenMemory,
            };
            _entries.Add(entry);
            return entry;
        }
    }

    public ISpoolTailReader Open(ulong position)
    {
        lock (_lock) return new Reader(
            this, _entries.FindIndex(e => e.NextPosition > position && e.NextPosition > Released));
    }

    private sealed class Reader(TestSpool spool, int next) : ISpoolTailReader
    {
        private int _next = next;

        public bool TryRead(out SpoolEntry entry)
        {
            lock (spool._lock)
            {
                entry = default;
                if (_next < 0 || _next >= spool._entries.Count) return false;
                entry = spool._entries[_next++];
                return true;
            }
        }

        public ValueTask WaitAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose()
        {
        }
    }
}
