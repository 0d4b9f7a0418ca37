using Culvert.Collector.Intake;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Collector.Outputs;

/// <summary>Walks the records of spool entries, each with its source and its identity. Reused; one thread.</summary>
internal sealed class EntryRecords
{
    private readonly SourceTable _sources = new();

    /// <summary>The walk over an entry's records from an index on.</summary>
    public Enumerator From(in SpoolEntry entry, int first)
    {
        if (!RecordBatchReader.TryOpen(entry.Records.Span, out var reader, out var problem))
            throw new InvalidDataException(problem);
        var walk = new Enumerator(entry, reader, _sources.Resolve(entry.Origin.Span, reader));
        for (var i = 0; i < first; i++) walk.MoveNext();
        return walk;
    }

    internal ref struct Enumerator
    {
        private readonly SpoolEntry _entry;
        private readonly Source[] _sources;
        private RecordBatchReader _reader;
        private ulong _nextSequence;

        public Enumerator(in SpoolEntry entry, RecordBatchReader reader, Source[] sources)
        {
            _entry = entry;
            _reader = reader;
            _sources = sources;
            _nextSequence = entry.FirstSequence;
            Index = -1;
        }

        public int Index { get; private set; }

        /// <summary>With the producer and its epoch the record's identity: the same wherever it goes.</summary>
        public ulong Sequence { get; private set; }

        public readonly ProducerId Producer => _entry.Producer;

        public StoredRecord Current { get; private set; }

        public bool MoveNext()
        {
            if (!_reader.TryRead(out var view)) return false;
            // The entry's first sequence has the first record's gap in it already.
            Sequence = ++Index == 0 ? _nextSequence : _nextSequence + view.Gap;
            _nextSequence = Sequence + 1;
            Current = view.ToStored(_entry.Position + (ulong)Index, _entry.ObservedNs, _sources[view.Resource]);
            return true;
        }
    }
}
