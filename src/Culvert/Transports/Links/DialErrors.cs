using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>Why a dial failed, in the words that all mechanisms share.</summary>
internal static class DialErrors
{
    public static ConnectionException NobodyListens(Endpoint endpoint, Exception? inner = null) => new(
        ConnectionError.NobodyListens, $"Nobody listens at {endpoint}; start the listener first.", inner);

    public static ConnectionException NotAllowed(Endpoint endpoint, Exception inner) => new(
        ConnectionError.NotAllowed,
        $"This user may not connect to {endpoint}; let the listener admit it by its access option.", inner);

    /// <param name="endpoint">Where.</param>
    /// <param name="owner">The listener's user; null where that is not to be known.</param>
    public static ConnectionException WrongOwner(Endpoint endpoint, string? owner) => new(
        ConnectionError.WrongOwner,
        $"The listener at {endpoint} is run by {(owner is null ? "another user" : $"'{owner}'")}; add ?owner=USER to "
        + "the endpoint to trust that user.");

    public static ConnectionException Busy(Endpoint endpoint) => new(
        ConnectionError.Busy, $"The listener at {endpoint} has no room for another connection; try again later.");

    public static ConnectionException TimedOut(Endpoint endpoint) => new(
        ConnectionError.TimedOut, $"Connecting to {endpoint} took longer than the deadline; see if the host answers.");
}
