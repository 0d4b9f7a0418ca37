using System.Runtime.Versioning;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>One end's place in the hub, with the process on the other side, which it owns.</summary>
[SupportedOSPlatform("windows")]
internal sealed class CopyDataHome(CopyDataHub hub, UInt128 key, PeerProcess process) : ICopyDataHome
{
    private readonly CopyDataOutbox _outbox = new();

    public ICopyDataSections Sections { get; } = new CopyDataSections(process);

    public ICopyDataOutbox Outbox => _outbox;

    public void RunBehindMessages(Action work) => hub.Pump.Post(work);

    public void Tell(Action<ILinkEvents> what, ILinkEvents events) => EventThreads.Shared.Run(what, events);

    public void Leave()
    {
        hub.Remove(key);
        _outbox.Dispose();

        // Behind the messages: the pump may be opening a section of that process right now.
        hub.Pump.Post(process.Dispose);
    }
}
