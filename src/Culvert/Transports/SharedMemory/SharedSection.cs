using System.Buffers;
using System.Numerics;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// A section mapped into this process: two rings. <see cref="Retire"/> gives back what the system takes while the
/// addresses stay valid, so that whoever still reads or writes there at that moment, or keeps a buffer of a connection
/// that was closed, meets zeros or old bytes and no fault. The addresses go when nobody knows them any more.
/// </summary>
internal abstract unsafe class SharedSection
{
    private readonly Lock _gate = new();
    private readonly byte* _base;
    private bool _isRetired;

    protected SharedSection(byte* address, int capacity)
    {
        _base = address;
        Capacity = capacity;
        ToListener = RingAt(SectionLayout.ToListenerOffset, 0);
        ToClient = RingAt(SectionLayout.ToClientOffset, 1);
    }

    ~SharedSection() => Unmap(_base);

    /// <summary>Of each ring, in bytes.</summary>
    public int Capacity { get; }

    public SharedRing ToListener { get; }

    public SharedRing ToClient { get; }

    /// <summary>The size of a ring that was asked for, as it is made.</summary>
    public static int CapacityFor(int bytes) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(
        bytes, SharedMemoryLimits.RingBytesMin, SharedMemoryLimits.RingBytesMax));

    /// <summary>Addresses that a section takes: its data are there twice.</summary>
    protected static long MappedBytes(int capacity) => SectionLayout.DataOffset + 4L * capacity;

    /// <summary>The ring's data as memory that keeps this section alive.</summary>
    public Memory<byte> MemoryOf(SharedRing ring) => new RingMemory(this, ring).Memory;

    /// <summary>Sleeps while a reader's flag has this value, no longer than so long. It may end for no reason. Any
    /// thread.</summary>
    public abstract void Sleep(uint* flag, uint value, int timeoutMs);

    /// <summary>Wakes a thread, of whatever process, that sleeps on the flag, which was changed before.</summary>
    public abstract void Wake(uint* flag);

    /// <summary>Gives the memory back to the system. Idempotent, any thread.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            if (_isRetired) return;
            _isRetired = true;
            GiveBack(_base);
        }
    }

    /// <summary>Gives back what can be given back while the addresses stay valid: the memory too where the system can
    /// put zeros in its place in one step.</summary>
    protected abstract void GiveBack(byte* address);

    /// <summary>Gives the addresses back.</summary>
    protected abstract void Unmap(byte* address);

    /// <summary>Writes what a new section begins with.</summary>
    protected static void WriteHead(byte* address, int capacity)
    {
        *(uint*)(address + SectionLayout.VersionOffset) = SectionLayout.Version;
        *(uint*)(address + SectionLayout.CapacityOffset) = (uint)capacity;
        *(uint*)(address + SectionLayout.MagicOffset) = SectionLayout.Magic;
    }

    /// <summary>Whether a peer's section begins as it must, for the capacity that its size tells.</summary>
    protected static bool IsSound(byte* address, int capacity) =>
        *(uint*)(address + SectionLayout.MagicOffset) == SectionLayout.Magic
        && *(uint*)(address + SectionLayout.VersionOffset) == SectionLayout.Version
        && *(uint*)(address + SectionLayout.CapacityOffset) == (uint)capacity;

    /// <summary>The capacity of a section of this size, or 0 when no section has it.</summary>
    protected static int CapacityOf(long sectionBytes)
    {
        var capacity = (sectionBytes - SectionLayout.DataOffset) / 2;
        return capacity is >= SharedMemoryLimits.RingBytesMin and <= SharedMemoryLimits.RingBytesMax
            && SectionLayout.Bytes((int)capacity) == sectionBytes && BitOperations.IsPow2(capacity)
            ? (int)capacity
            : 0;
    }

    private SharedRing RingAt(int header, int index) =>
        new(_base + header, _base + SectionLayout.DataOffset + 2L * index * Capacity, Capacity);

    private sealed class RingMemory(SharedSection section, SharedRing ring) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(ring.Data, 2 * ring.Capacity);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)(2 * ring.Capacity));
            return new MemoryHandle(ring.Data + elementIndex, pinnable: this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => GC.KeepAlive(section);
    }
}
