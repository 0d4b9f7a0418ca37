namespace Culvert.Transports.CopyData;

/// <summary>What one end tells the other without waiting for an answer. The numbers are part of the protocol.</summary>
internal enum CopyDataSignal
{
    /// <summary>There is room again.</summary>
    Room = 1,

    /// <summary>No more bytes come; the sender still reads.</summary>
    Completed = 2,

    /// <summary>The sender has closed.</summary>
    Closed = 3,

    /// <summary>The sender has aborted.</summary>
    Aborted = 4,

    /// <summary>To the window that a client claims: its user is not admitted.</summary>
    NotAllowed = 5,
}
