namespace Culvert.Transports.SharedMemory;

/// <summary>The steps of publishing and consuming, behind each of which a test kills or stops the process.</summary>
internal enum RingStep
{
    /// <summary>The writer has a place for a frame.</summary>
    Claimed,

    /// <summary>The frame's bytes are written.</summary>
    Filled,

    /// <summary>The place behind it says that nothing is there.</summary>
    NextCleared,

    /// <summary>Its length is written: it is there.</summary>
    Published,

    /// <summary>The reader's flag was taken, and the reader not yet woken.</summary>
    ReaderFlagTaken,

    /// <summary>The writer has said that it sleeps.</summary>
    WriterSleeps,

    /// <summary>The reader sees a frame.</summary>
    Peeked,

    /// <summary>It is behind the frame.</summary>
    Skipped,

    /// <summary>It is about to give room back.</summary>
    Releasing,

    /// <summary>The room is given back.</summary>
    Released,

    /// <summary>The writer's flag was taken, and the writer not yet woken.</summary>
    WriterFlagTaken,

    /// <summary>The reader has said that it sleeps.</summary>
    ReaderSleeps,
}
