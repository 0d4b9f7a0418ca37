namespace Culvert.Transports.SharedMemory;

/// <summary>Where a ring lies in this process: valid as long as its section.</summary>
internal readonly unsafe struct SharedRing(byte* header, byte* data, int capacity)
{
    /// <summary>See <see cref="RingLayout"/>.</summary>
    public readonly byte* Header = header;

    /// <summary>Mapped twice in a row, so that every frame is in one piece.</summary>
    public readonly byte* Data = data;

    /// <summary>Bytes, a power of two.</summary>
    public readonly int Capacity = capacity;
}
