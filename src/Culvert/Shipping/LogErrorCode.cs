namespace Culvert.Shipping;

/// <summary>Which kind of reason an Error has, in the frame's flags, for programs; the sentence is for
/// people.</summary>
public enum LogErrorCode : byte
{
    /// <summary>Not said: by a collector from before there were codes.</summary>
    None = 0,

    /// <summary>What the client sent broke the protocol or a limit.</summary>
    Violation = 1,

    /// <summary>There is no room for the client now.</summary>
    Busy = 2,

    /// <summary>The same client has connected again.</summary>
    Superseded = 3,

    /// <summary>The collector gives up for a reason of its own: it stops, or cannot keep the records.</summary>
    Unavailable = 4,

    /// <summary>This client may not relay here.</summary>
    RelayNotAllowed = 5,

    /// <summary>The records came round in a circle.</summary>
    RelayLoop = 6,
}
