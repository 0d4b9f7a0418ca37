namespace Culvert.Cli.Bench.Memory;

/// <summary>What is measured of shared memory between two processes.</summary>
internal enum MemoryMode
{
    /// <summary>Round trips of messages that are copied in, and compared where they lie.</summary>
    PingPong,

    /// <summary>The same, and no side ever looks again before it sleeps.</summary>
    Sleeping,

    /// <summary>Messages copied in and read in place: the numbers at both ends.</summary>
    Stream,

    /// <summary>Messages claimed, written whole, and read whole.</summary>
    Whole,

    /// <summary>Bytes through <c>Connection.Output</c> and <c>Connection.Input</c>, each message copied out.</summary>
    Pipe,
}
