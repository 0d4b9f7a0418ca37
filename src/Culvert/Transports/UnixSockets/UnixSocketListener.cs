using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;

namespace Culvert.Transports.UnixSockets;

/// <summary>Accepts on a Unix socket; admits by the kernel's word on who connected.</summary>
internal sealed class UnixSocketListener(
    SocketHandle socket, UnixSocketPath? path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
    : SocketListener(socket, endpoint, options.Logger)
{
    protected override Connection? Admit(SocketHandle accepted)
    {
        if (PeerLookup.CredentialsOf(accepted) is not { } credentials) return null;
        if (!access.Admits(accepted, credentials))
        {
            SocketLog.Refused(Logger, Endpoint, credentials.ProcessId, credentials.UserId);
            return null;
        }

        var link = new UnixLink(accepted, credentials.ProcessId);
        return new LinkConnection(link, Endpoint, PeerLookup.PeerOf(credentials)).Start();
    }

    protected override void BeforeClose() => path?.Release();
}
