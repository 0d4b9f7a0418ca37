using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>A column of strings that repeat: the distinct ones once, then an index a record. The empty string is index
/// 0 and is not written. One thread at a time.</summary>
internal sealed class DictionaryColumn
{
    private readonly ByteDictionary _dictionary = new();
    private readonly RecordBuffer _indexes = new(StoreLimits.BlockRecordsMax);
    private int _last;

    public void Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _indexes.WriteVarint(0);
            return;
        }

        // Neighbours often share their logger and template; comparing is cheaper than hashing.
        if (_last == 0 || !_dictionary[_last - 1].SequenceEqual(value)) _last = _dictionary.GetOrAdd(value) + 1;
        _indexes.WriteVarint((ulong)_last);
    }

    /// <summary>Writes the column; nothing when every value was empty.</summary>
    public void WriteTo(RecordBuffer column)
    {
        if (_dictionary.Count == 0) return;
        column.WriteVarint((ulong)_dictionary.Count);
        for (var i = 0; i < _dictionary.Count; i++)
        {
            column.WriteVarint((ulong)_dictionary[i].Length);
            column.WriteBytes(_dictionary[i]);
        }

        column.WriteBytes(_indexes.Written);
    }

    public void Clear()
    {
        _dictionary.Clear();
        _indexes.Clear();
        _last = 0;
    }
}
