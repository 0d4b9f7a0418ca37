using System.Buffers.Binary;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>
/// Reads the columns of one block after the other; decompresses a column when it is first asked for. Everything is
/// checked: bytes that are no block end in <see cref="BlockDamagedException"/>. Reused; one thread at a time.
/// </summary>
internal sealed class BlockReader : IDisposable
{
    private readonly BlockDecompressor _decompressor = new();
    private readonly byte[][] _raw = new byte[BlockLayout.ColumnCount][];
    private readonly int[] _rawBytes = new int[BlockLayout.ColumnCount];
    private readonly DictionaryReader _loggers = new();
    private readonly DictionaryReader _templates = new();
    private readonly DictionaryReader _eventNames = new();
    private byte[] _block = [];
    private int _blockBytes;
    private BlockSummary _summary = null!;
    private Source[] _sources = [];
    private ColumnSet _loaded;
    private ulong[] _positions = [];
    private long[] _times = [];
    private long[] _observed = [];
    private int[] _sourceIndexes = [];
    private int[] _traceEnds = [];
    private int[] _bodyEnds = [];
    private int[] _attributeEnds = [];

    public BlockReader()
    {
        Array.Fill(_raw, []);
    }

    public int Records { get; private set; }

    public ReadOnlySpan<byte> Severities => Raw(ColumnId.Severities);

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Records);

    public ReadOnlySpan<ulong> Positions => _positions.AsSpan(0, Records);

    /// <summary>Index of a record's source in the summary's list.</summary>
    public int SourceIndex(int index) => _sourceIndexes[index];

    /// <summary>Takes a copy of the block and reads positions, times, severities and flags.</summary>
    /// <param name="block">The row's bytes.</param>
    /// <param name="summary">The block's summary.</param>
    /// <param name="sources">The block's sources, in the summary's order.</param>
    public void Open(ReadOnlySpan<byte> block, BlockSummary summary, Source[] sources)
    {
        if (!BlockLayout.IsHeadIntact(block)) throw new BlockDamagedException("The block's directory is damaged.");
        Records = BinaryPrimitives.ReadInt32LittleEndian(block[BlockLayout.RecordsOffset..]);
        if (Records != summary.Records || Records is < 1 or > StoreLimits.BlockRecordsMax)
            throw new BlockDamagedException("The block and its summary do not agree.");
        if (_block.Length < block.Length) _block = new byte[block.Length * 5 / 4];
        block.CopyTo(_block);
        (_blockBytes, _summary, _sources, _loaded) = (block.Length, summary, sources, ColumnSet.Numbers);
        Array.Clear(_rawBytes);
        EnsureCapacity();
        LoadPositions();
        LoadDeltas(ColumnId.Times, _times);
        LoadBytes(ColumnId.Severities);
        LoadBytes(ColumnId.Flags);
    }

    /// <summary>Makes sure that these columns are there; the others are empty in the records until they are
    /// loaded.</summary>
    public void Load(ColumnSet columns)
    {
        var missing = columns & ~_loaded;
        if (missing == 0) return;
        if ((missing & ColumnSet.Observed) != 0) LoadDeltas(ColumnId.Observed, _observed);
        if ((missing & ColumnSet.Sources) != 0) LoadSources();
        if ((missing & ColumnSet.Loggers) != 0) _loggers.Read(Decompress(ColumnId.Loggers), Records);
        if ((missing & ColumnSet.Templates) != 0) _templates.Read(Decompress(ColumnId.Templates), Records);
        if ((missing & ColumnSet.EventNames) != 0) _eventNames.Read(Decompress(ColumnId.EventNames), Records);
        if ((missing & ColumnSet.Traces) != 0) LoadTraces();
        if ((missing & ColumnSet.Bodies) != 0) LoadStrings(ColumnId.BodyLengths, ColumnId.Bodies, _bodyEnds);
        if ((missing & ColumnSet.Attributes) != 0)
            LoadStrings(ColumnId.AttributeLengths, ColumnId.Attributes, _attributeEnds);
        _loaded |= columns;
    }

    /// <summary>The record, in memory that is valid until the next <see cref="Open"/>.</summary>
    public StoredRecord Get(int index)
    {
        var all = _loaded;
        return new StoredRecord
        {
            Position = _positions[index],
            TimeNs = _times[index],
            ObservedNs = (all & ColumnSet.Observed) != 0 ? _observed[index] : 0,
            Severity = (Severity)_raw[(int)ColumnId.Severities][index],
            Flags = (RecordFlags)_raw[(int)ColumnId.Flags][index],
            Source = _sources[(all & ColumnSet.Sources) != 0 ? _sourceIndexes[index] : 0],
            Logger = (all & ColumnSet.Loggers) != 0 ? _loggers[index] : default,
            Template = (all & ColumnSet.Templates) != 0 ? _templates[index] : default,
            EventName = (all & ColumnSet.EventNames) != 0 ? _eventNames[index] : default,
            Trace = (all & ColumnSet.Traces) != 0 ? Slice(ColumnId.Traces, _traceEnds, index) : default,
            Body = (all & ColumnSet.Bodies) != 0 ? Slice(ColumnId.Bodies, _bodyEnds, index) : default,
            Attributes = (all & ColumnSet.Attributes) != 0 ? ReadAttributes(index) : default,
        };
    }

    public void Dispose() => _decompressor.Dispose();

    private ReadOnlySpan<byte> Raw(ColumnId column) => _raw[(int)column].AsSpan(0, _rawBytes[(int)column]);

    private ReadOnlySpan<byte> Slice(ColumnId column, int[] ends, int index)
    {
        var start = index == 0 ? 0 : ends[index - 1];
        return _raw[(int)column].AsSpan(start, ends[index] - start);
    }

    private AttributeList ReadAttributes(int index)
    {
        var encoded = Slice(ColumnId.Attributes, _attributeEnds, index);
        if (encoded.IsEmpty) return default;
        var position = 0;
        return AttributeList.TryRead(encoded, ref position, out var list)
            ? list
            : throw new BlockDamagedException("The attributes of a record cannot be read.");
    }

    private void EnsureCapacity()
    {
        if (_times.Length >= Records) return;
        _positions = new ulong[StoreLimits.BlockRecordsMax];
        _times = new long[StoreLimits.BlockRecordsMax];
        _observed = new long[StoreLimits.BlockRecordsMax];
        _sourceIndexes = new int[StoreLimits.BlockRecordsMax];
        _traceEnds = new int[StoreLimits.BlockRecordsMax];
        _bodyEnds = new int[StoreLimits.BlockRecordsMax];
        _attributeEnds = new int[StoreLimits.BlockRecordsMax];
    }

    private ReadOnlySpan<byte> Decompress(ColumnId column)
    {
        ReadOnlySpan<byte> block = _block.AsSpan(0, _blockBytes);
        var columns = block[BlockLayout.ColumnsOffset];
        var at = BlockLayout.DirectoryOffset + columns * BlockLayout.EntryBytes;
        for (var i = 0; i < columns; i++)
        {
            var entry = block.Slice(BlockLayout.DirectoryOffset + i * BlockLayout.EntryBytes, BlockLayout.EntryBytes);
            var stored = BinaryPrimitives.ReadInt32LittleEndian(entry[BlockLayout.EntryStoredOffset..]);
            if (stored < 0 || stored > block.Length - at) throw new BlockDamagedException("The block is cut short.");
            if (entry[0] == (byte)column) return Decompress(column, entry, block.Slice(at, stored));
            at += stored;
        }

        _rawBytes[(int)column] = 0;
        return default;
    }

    private ReadOnlySpan<byte> Decompress(ColumnId column, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> stored)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(entry[BlockLayout.EntryChecksumOffset..]) != Crc32C.Compute(stored))
            throw new BlockDamagedException($"The checksum of the column {column} is wrong.");
        var raw = BinaryPrimitives.ReadInt32LittleEndian(entry[BlockLayout.EntryRawOffset..]);
        if (raw is < 0 or > StoreLimits.ColumnBytesMax)
            throw new BlockDamagedException($"The column {column} is too long.");
        if (_raw[(int)column].Length < raw) _raw[(int)column] = new byte[raw * 5L / 4];
        var target = _raw[(int)column].AsSpan(0, raw);
        _decompressor.Decompress((BlockCodec)entry[BlockLayout.EntryCodecOffset], stored, target);
        _rawBytes[(int)column] = raw;
        return target;
    }

    private void LoadBytes(ColumnId column)
    {
        if (Decompress(column).Length != Records)
            throw new BlockDamagedException($"The column {column} has a wrong length.");
    }

    private void LoadPositions()
    {
        var raw = Decompress(ColumnId.Positions);
        var (at, previous) = (0, raw.IsEmpty ? _summary.FirstPosition - 1 : ulong.MaxValue);
        for (var i = 0; i < Records; i++)
        {
            var delta = 0UL;
            if (!raw.IsEmpty && !Varint.TryRead(raw, ref at, out delta)) throw Cut(ColumnId.Positions);
            previous = unchecked(previous + 1 + (ulong)Varint.UnZigZag(delta));
            _positions[i] = previous;
        }
    }

    private void LoadDeltas(ColumnId column, long[] values)
    {
        var raw = Decompress(column);
        var (at, previous) = (0, 0L);
        for (var i = 0; i < Records; i++)
        {
            if (!Varint.TryRead(raw, ref at, out var delta)) throw Cut(column);
            previous = unchecked(previous + Varint.UnZigZag(delta));
            values[i] = previous;
        }
    }

    private void LoadSources()
    {
        var raw = Decompress(ColumnId.Sources);
        if (raw.IsEmpty)
        {
            Array.Clear(_sourceIndexes, 0, Records);
            return;
        }

        var at = 0;
        for (var i = 0; i < Records; i++)
        {
            if (!RecordBytes.TryReadCount(raw, ref at, _sources.Length - 1, out _sourceIndexes[i]))
                throw Cut(ColumnId.Sources);
        }
    }

    private void LoadTraces()
    {
        var bytes = Decompress(ColumnId.Traces).Length;
        var flags = Raw(ColumnId.Flags);
        var end = 0;
        for (var i = 0; i < Records; i++)
        {
            if (((RecordFlags)flags[i] & RecordFlags.Trace) != 0) end += RecordLayout.TraceBytes;
            _traceEnds[i] = end;
        }

        if (end != bytes) throw Cut(ColumnId.Traces);
    }

    private void LoadStrings(ColumnId lengths, ColumnId strings, int[] ends)
    {
        var bytes = Decompress(strings).Length;
        var raw = Decompress(lengths);
        var (at, end) = (0, 0);
        for (var i = 0; i < Records; i++)
        {
            if (!RecordBytes.TryReadCount(raw, ref at, bytes - end, out var length)) throw Cut(lengths);
            end += length;
            ends[i] = end;
        }

        if (end != bytes) throw Cut(strings);
    }

    private static BlockDamagedException Cut(ColumnId column) => new($"The column {column} has a wrong length.");
}
