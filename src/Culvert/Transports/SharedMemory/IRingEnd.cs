namespace Culvert.Transports.SharedMemory;

/// <summary>One side of a ring, which may find nothing to do.</summary>
internal interface IRingEnd
{
    /// <summary>There is something to do, or never will be.</summary>
    bool IsReady { get; }
}
