using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Gathers records in columns and makes a block of them. Reused; one thread at a time.</summary>
internal sealed class BlockBuilder : IDisposable
{
    private readonly RecordBuffer[] _columns = new RecordBuffer[BlockLayout.ColumnCount];
    private readonly DictionaryColumn _loggers = new();
    private readonly DictionaryColumn _templates = new();
    private readonly DictionaryColumn _eventNames = new();
    private readonly BlockCompressor _compressor;
    private readonly TokenSet _tokens = new();
    private readonly int[] _severityCounts = new int[256];
    private readonly List<int> _sources = [];
    private readonly Dictionary<int, int> _sourceIndexes = [];
    private ulong _firstPosition, _lastPosition, _previousPosition;
    private long _minTime, _maxTime, _previousTime, _minObserved, _maxObserved, _previousObserved;
    private int _lastSource = -1, _lastSourceIndex;
    private bool _isSkewed, _isDense;

    public BlockBuilder(BlockCodec? codec = null)
    {
        _compressor = new BlockCompressor(codec);
        for (var i = 0; i < _columns.Length; i++) _columns[i] = new RecordBuffer(StoreLimits.BlockRecordsMax);
        Clear();
    }

    public int Records { get; private set; }

    public int Bytes { get; private set; }

    public bool IsFull => Records >= StoreLimits.BlockRecordsMax || Bytes >= StoreLimits.BlockBytesTarget;

    /// <summary>Whether a time is so far from the arrival that the record belongs into a block of its kind.</summary>
    public static bool IsSkewedTime(long timeNs, long observedNs) =>
        timeNs < observedNs - StoreLimits.SkewNs || timeNs > observedNs + StoreLimits.SkewNs;

    /// <param name="record">Copied.</param>
    /// <param name="source">The record's source by its number in the file.</param>
    public void Add(in StoredRecord record, int source)
    {
        AddNumbers(record);
        AddSource(source);
        _loggers.Add(record.Logger);
        _templates.Add(record.Template);
        _eventNames.Add(record.EventName);
        if (record.Flags.HasFlag(RecordFlags.Trace)) Column(ColumnId.Traces).WriteBytes(record.Trace);
        Column(ColumnId.BodyLengths).WriteVarint((ulong)record.Body.Length);
        Column(ColumnId.Bodies).WriteBytes(record.Body);
        var attributes = record.Attributes.Count == 0 ? default : record.Attributes.Encoded;
        Column(ColumnId.AttributeLengths).WriteVarint((ulong)attributes.Length);
        Column(ColumnId.Attributes).WriteBytes(attributes);
        RecordTokenizer.Collect(record, _tokens);
        Records++;
        Bytes += record.Body.Length + attributes.Length + record.Template.Length + 32;
    }

    /// <summary>Makes the block of what was added, and clears.</summary>
    public void Build(EncodedBlock block)
    {
        _loggers.WriteTo(Column(ColumnId.Loggers));
        _templates.WriteTo(Column(ColumnId.Templates));
        _eventNames.WriteTo(Column(ColumnId.EventNames));
        if (_sources.Count < 2) Column(ColumnId.Sources).Clear();
        if (_isDense) Column(ColumnId.Positions).Clear();
        block.Summary = Summarize();
        block.Filter = TokenFilter.Build(_tokens);
        WriteColumns(block.Columns);
        Clear();
    }

    public void Clear()
    {
        foreach (var column in _columns) column.Clear();
        _loggers.Clear();
        _templates.Clear();
        _eventNames.Clear();
        _tokens.Clear();
        _sources.Clear();
        _sourceIndexes.Clear();
        Array.Clear(_severityCounts);
        (Records, Bytes, _lastSource, _isSkewed, _isDense) = (0, 0, -1, false, true);
        (_previousTime, _previousObserved, _previousPosition) = (0, 0, ulong.MaxValue);
        (_minTime, _maxTime) = (long.MaxValue, long.MinValue);
        (_minObserved, _maxObserved) = (long.MaxValue, long.MinValue);
        (_firstPosition, _lastPosition) = (ulong.MaxValue, 0);
    }

    public void Dispose() => _compressor.Dispose();

    private RecordBuffer Column(ColumnId column) => _columns[(int)column];

    private void AddNumbers(in StoredRecord record)
    {
        if (Records > 0 && record.Position != _previousPosition + 1) _isDense = false;
        Column(ColumnId.Positions).WriteVarint(Varint.ZigZag((long)(record.Position - _previousPosition - 1)));
        Column(ColumnId.Times).WriteVarint(Varint.ZigZag(unchecked(record.TimeNs - _previousTime)));
        Column(ColumnId.Observed).WriteVarint(Varint.ZigZag(unchecked(record.ObservedNs - _previousObserved)));
        Column(ColumnId.Severities).WriteByte((byte)record.Severity);
        Column(ColumnId.Flags).WriteByte((byte)record.Flags);
        _severityCounts[(byte)record.Severity]++;
        (_previousPosition, _previousTime, _previousObserved) = (record.Position, record.TimeNs, record.ObservedNs);
        (_minTime, _maxTime) = (Math.Min(_minTime, record.TimeNs), Math.Max(_maxTime, record.TimeNs));
        (_minObserved, _maxObserved) = (Math.Min(_minObserved, record.ObservedNs), Math.Max(
            _maxObserved, record.ObservedNs));
        (_firstPosition, _lastPosition) = (Math.Min(_firstPosition, record.Position), Math.Max(
            _lastPosition, record.Position));
        if (IsSkewedTime(record.TimeNs, record.ObservedNs)) _isSkewed = true;
    }

    private void AddSource(int source)
    {
        if (source != _lastSource)
        {
            _lastSource = source;
            if (!_sourceIndexes.TryGetValue(source, out _lastSourceIndex))
            {
                _lastSourceIndex = _sources.Count;
                _sourceIndexes.Add(source, _lastSourceIndex);
                _sources.Add(source);
            }
        }

        Column(ColumnId.Sources).WriteVarint((ulong)_lastSourceIndex);
    }

    private BlockSummary Summarize()
    {
        var occurring = new List<byte>(8);
        for (var i = 0; i < _severityCounts.Length; i++)
        {
            if (_severityCounts[i] > 0) occurring.Add((byte)i);
        }

        var raw = 0;
        foreach (var column in _columns) raw += column.Length;
        return new BlockSummary
        {
            Records = Records,
            FirstPosition = _firstPosition,
            LastPosition = _lastPosition,
            MinTimeNs = _minTime,
            MaxTimeNs = _maxTime,
            MinObservedNs = _minObserved,
            MaxObservedNs = _maxObserved,
            IsSkewed = _isSkewed,
            RawBytes = raw,
            Severities = [.. occurring],
            SeverityCounts = [.. occurring.Select(severity => _severityCounts[severity])],
            Sources = [.. _sources],
        };
    }

    private void WriteColumns(RecordBuffer output)
    {
        var count = _columns.Count(column => column.Length > 0);
        var headBytes = BlockLayout.DirectoryOffset + count * BlockLayout.EntryBytes;
        Span<byte> head =
            stackalloc byte[BlockLayout.DirectoryOffset + BlockLayout.ColumnCount * BlockLayout.EntryBytes];
        output.Clear();
        output.WriteBytes(head[..headBytes]);
        BlockLayout.WriteHeader(head, count, Records);
        var entry = BlockLayout.DirectoryOffset;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Length == 0) continue;
            var stored = _compressor.Compress(_columns[i].Written, out var codec);
            BlockLayout.WriteEntry(head[entry..], (ColumnId)i, codec, _columns[i].Length, stored);
            output.WriteBytes(stored);
            entry += BlockLayout.EntryBytes;
        }

        BlockLayout.Seal(head);
        output.PatchBytes(0, head[..headBytes]);
    }
}
