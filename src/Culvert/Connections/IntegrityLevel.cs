namespace Culvert.Connections;

/// <summary>How far Windows trusts a process. The numbers are the system's; there may be others between them, so
/// compare with <c>&gt;=</c>.</summary>
public enum IntegrityLevel
{
    /// <summary>Nothing may be written, not even by its own user's programs at this level.</summary>
    Untrusted = 0,

    /// <summary>A sandbox, such as a browser's.</summary>
    Low = 0x1000,

    /// <summary>An ordinary program.</summary>
    Medium = 0x2000,

    /// <summary>A program run as administrator.</summary>
    High = 0x3000,

    /// <summary>A service of the system.</summary>
    System = 0x4000,

    /// <summary>A protected process.</summary>
    Protected = 0x5000,
}
