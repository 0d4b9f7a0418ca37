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

    /// <summary>The collector gives up on this client; a sentence says why, and the frame's flags which kind of reason
    /// it is (<see cref="LogErrorCode"/>).</summary>
    Error = 7,

    /// <summary>Which collector relays to this one: the first frame of a relay, in place of a Hello.</summary>
    RelayHello = 8,

    /// <summary>That it may, and which collector answers.</summary>
    RelayWelcome = 9,

    /// <summary>A producer whose records follow, what the relay knows of it, and the slot that stands for it.</summary>
    RelayProducer = 10,

    /// <summary>Records of the producer in a slot.</summary>
    RelayBatch = 11,

    /// <summary>What a producer said of itself to the relay, as in Report.</summary>
    RelayReport = 12,
}
