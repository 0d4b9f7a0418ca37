using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Numbers distinct strings in the order they are first seen. Reused: <see cref="Clear"/> keeps the memory.
/// One thread at a time.</summary>
internal sealed class ByteDictionary
{
    private readonly RecordBuffer _strings = new(1024);
    private int[] _slots = new int[64];
    private int[] _ends = new int[32];
    private ulong[] _hashes = new ulong[32];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index] => _strings.Written[(index == 0 ? 0 : _ends[index - 1]).._ends[index]];

    public int GetOrAdd(ReadOnlySpan<byte> value)
    {
        var hash = ByteHash.Of(value);
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        for (; _slots[at] != 0; at = (at + 1) & mask)
        {
            var index = _slots[at] - 1;
            if (_hashes[index] == hash && this[index].SequenceEqual(value)) return index;
        }

        return Add(value, hash, at);
    }

    public void Clear()
    {
        if (Count == 0) return;
        Array.Clear(_slots);
        _strings.Clear();
        Count = 0;
    }

    private int Add(ReadOnlySpan<byte> value, ulong hash, int at)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _hashes, Count * 2);
        }

        _strings.WriteBytes(value);
        (_ends[Count], _hashes[Count]) = (_strings.Length, hash);
        _slots[at] = ++Count;
        if (Count * 2 > _slots.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var at = (int)_hashes[i] & mask;
            while (_slots[at] != 0) at = (at + 1) & mask;
            _slots[at] = i + 1;
        }
    }
}
