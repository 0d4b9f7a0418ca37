namespace Culvert.Tests.Conformance;

/// <summary>What a mechanism can tell; the suite expects it exactly, so that the table in docs/transports.md is
/// true.</summary>
/// <param name="TellsCloseFromHalfClose">A close by the peer shows although this side sends nothing.</param>
/// <param name="TellsAbortWithoutUnread">An abort shows although the peer left nothing unread.</param>
/// <param name="HasIdentity">The kernel names the peer's process and user.</param>
/// <param name="ConnectionsKeepName">The name stays taken until the last connection has ended.</param>
/// <param name="TakesNamesBecause">Why a second listener cannot be refused here; null where it is.</param>
/// <param name="HasHalfClose">One direction can end while the other goes on.</param>
public sealed record TransportTraits(
    bool TellsCloseFromHalfClose, bool TellsAbortWithoutUnread, bool HasIdentity, bool ConnectionsKeepName = false,
    string? TakesNamesBecause = null, bool HasHalfClose = true);
