using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.SharedMemory;

/// <summary>Accepts on a Unix socket and shares a section with each client that is admitted.</summary>
internal sealed class SharedMemoryListener(
    SocketHandle socket, UnixSocketPath path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
    : SocketListener(socket, endpoint, options.Logger)
{
    protected override Connection? Admit(SocketHandle accepted)
    {
        if (UnixSocketListener.Admits(accepted, access, Endpoint, Logger) is not { } credentials) return null;
        var section = LinuxSection.Create(SharedSection.CapacityFor(options.BufferBytes), out var descriptor);
        using (descriptor)
        {
            if (!SectionMessage.TrySend(accepted, descriptor))
            {
                section.Retire();
                return null; // The client is gone.
            }
        }

        var control = new UnixLink(accepted, credentials.ProcessId, hasData: false);
        var link = new SharedMemoryLink(control, section, isListener: true, Endpoint);
        return new LinkConnection(link, Endpoint, PeerLookup.PeerOf(credentials)).Start();
    }

    protected override void BeforeClose() => path.Release();
}
