using Culvert.Transports.Links;

namespace Culvert.Transports.CopyData;

/// <summary>What one end of a connection belongs to in its process.</summary>
internal interface ICopyDataHome
{
    /// <summary>Opens the peer's sections, or null where that cannot be.</summary>
    ICopyDataSections? Sections { get; }

    /// <summary>The section for what is large, or null where there is none.</summary>
    ICopyDataOutbox? Outbox { get; }

    /// <summary>Runs something on the pump's thread, behind all that was sent to its windows before.</summary>
    void RunBehindMessages(Action work);

    /// <summary>Tells of an event on a thread whose code may block.</summary>
    void Tell(Action<ILinkEvents> what, ILinkEvents events);

    /// <summary>This end is closed: gives up its key and its handles.</summary>
    void Leave();
}
