namespace Culvert.Transports.SharedMemory;

/// <summary>What a frame of a ring is.</summary>
internal enum FrameKind
{
    /// <summary>The last or only part of a message.</summary>
    Message,

    /// <summary>A part of a message, of which more follows.</summary>
    Part,

    /// <summary>The writer sends no more.</summary>
    End,
}
