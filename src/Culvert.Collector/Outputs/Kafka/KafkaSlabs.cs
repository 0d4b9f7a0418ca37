using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// Where values stay while they are under way: the library sends from here and copies none, so that the pieces of its
/// own memory are of few sizes and quickly found. Slabs are filled one after another, and used again when all that is
/// in one is delivered. One thread.
/// </summary>
internal sealed unsafe class KafkaSlabs : IDisposable
{
    /// <summary>Longer values are the library's to copy.</summary>
    public const int ValueBytesMax = 64 * 1024;

    private const int SlabBytes = 512 * 1024;

    // 16 MiB under way are tens of thousands of records, and stay in many a processor's cache.
    private const int SlabsMax = 32;

    private readonly Queue<(nint Slab, ulong Last)> _full = [];
    private readonly Stack<nint> _free = [];
    private int _count;
    private byte* _slab;
    private int _used = SlabBytes;
    private ulong _last;

    /// <summary>Copies a value to where it stays until its record is confirmed; null when there is no room until
    /// others are.</summary>
    /// <param name="value">Not longer than <see cref="ValueBytesMax"/>.</param>
    /// <param name="position">Of its record; they ascend.</param>
    /// <param name="window">What is confirmed.</param>
    public byte* TryKeep(ReadOnlySpan<byte> value, ulong position, DeliveryWindow window)
    {
        if (SlabBytes - _used < value.Length && !TryTurn(window.Confirmed)) return null;
        var place = _slab + _used;
        value.CopyTo(new Span<byte>(place, value.Length));
        _used += value.Length;
        _last = position;
        return place;
    }

    /// <summary>When the library has nothing of it any more.</summary>
    public void Dispose()
    {
        foreach (var (slab, _) in _full) NativeMemory.Free((void*)slab);
        foreach (var slab in _free) NativeMemory.Free((void*)slab);
        NativeMemory.Free(_slab);
    }

    private bool TryTurn(ulong confirmed)
    {
        while (_full.TryPeek(out var oldest) && oldest.Last < confirmed) _free.Push(_full.Dequeue().Slab);
        if (_free.Count == 0)
        {
            if (_count == SlabsMax) return false;
            _free.Push((nint)NativeMemory.Alloc(SlabBytes));
            _count++;
        }

        if (_slab != null) _full.Enqueue(((nint)_slab, _last));
        _slab = (byte*)_free.Pop();
        _used = 0;
        return true;
    }
}
