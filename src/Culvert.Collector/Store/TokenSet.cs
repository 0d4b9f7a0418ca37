using System.Runtime.CompilerServices;

namespace Culvert.Collector.Store;

/// <summary>The distinct token hashes of one block. Reused: <see cref="Clear"/> keeps the memory. One thread.</summary>
internal sealed class TokenSet
{
    private ulong[] _slots = new ulong[16 * 1024];
    private ulong[] _hashes = new ulong[8 * 1024];

    public int Count { get; private set; }

    public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong hash)
    {
        // Zero marks a free slot; the one token in 2^64 that hashes to it takes its neighbour's place.
        if (hash == 0) hash = 1;
        var slots = _slots;
        var mask = slots.Length - 1;
        var at = (int)(hash >> 32) & mask;
        while (slots[at] != hash)
        {
            if (slots[at] == 0)
            {
                Insert(at, hash);
                return;
            }

            at = (at + 1) & mask;
        }
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    private void Insert(int at, ulong hash)
    {
        _slots[at] = hash;
        if (Count == _hashes.Length) Array.Resize(ref _hashes, _hashes.Length * 2);
        _hashes[Count++] = hash;
        if (Count * 2 <= _slots.Length) return;
        _slots = new ulong[_slots.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var known in Hashes)
        {
            var free = (int)(known >> 32) & mask;
            while (_slots[free] != 0) free = (free + 1) & mask;
            _slots[free] = known;
        }
    }
}
