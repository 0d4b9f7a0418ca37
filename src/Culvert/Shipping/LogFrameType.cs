namespace Culvert.Shipping;

/// <summary>The frames of <see cref="LogProtocol"/>.</summary>
public enum LogFrameType : byte
{
    /// <summary>Who the client is.</summary>
    Hello = 1,

    /// <summary>What the collector has of it.</summary>
    Welcome = 2,

    /// <summary>Records.</summary>
    Batch = 3,

    /// <summary>What is safe.</summary>
    Ack = 4,

    /// <summary>How many sequence numbers were given and how many records were dropped in this epoch, by
    /// level.</summary>
    Report = 5,

    /// <summary>The last report: the program ends.</summary>
    Goodbye = 6,

    /// <summary>The collector gives up on this client; a sentence says why.</summary>
    Error = 7,
}
