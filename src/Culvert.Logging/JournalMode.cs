namespace Culvert.Logging;

/// <summary>Whether records go into a journal: a file of the program that outlives it, which a collector of the same
/// user drains.</summary>
public enum JournalMode
{
    /// <summary>A journal when the endpoint is the default one and a collector of this user has made the folder of the
    /// journals; else the connection. Where a journal cannot be made, the connection too.</summary>
    Auto,

    /// <summary>A journal, whose folder is made where it is missing, and which is drained whenever a collector comes.
    /// Where it cannot be made, the connection, and a line on standard error says why.</summary>
    Always,

    /// <summary>The connection.</summary>
    Never,
}
