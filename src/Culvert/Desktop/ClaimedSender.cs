namespace Culvert.Desktop;

/// <summary>
/// Whom a WM_COPYDATA message names as its sender. A claim and no proof: any program may name any window, or none.
/// Decide nothing by it that matters; for a proved identity connect over <c>copydata://</c>, <c>pipe://</c> or
/// <c>local://</c>.
/// </summary>
/// <param name="Window">The window handle in wParam; 0 when the sender named none.</param>
/// <param name="ProcessId">The process of that window when the message was read; null when there is no such
/// window.</param>
/// <param name="UserName">The user of that process, where this one may know.</param>
/// <param name="ExecutablePath">The program of that process, where this one may know.</param>
public sealed record ClaimedSender(nint Window, int? ProcessId, string? UserName, string? ExecutablePath);
