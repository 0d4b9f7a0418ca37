using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.UnixSockets;

/// <summary>Accepts on a Unix socket; admits by the kernel's word on who connected.</summary>
internal sealed class UnixSocketListener(
    SocketHandle socket, UnixSocketPath? path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
    : SocketListener(socket, endpoint, options.Logger)
{
    /// <summary>What the kernel says of a client, or null when it is not admitted.</summary>
    public static Libc.Credentials? Admits(SocketHandle accepted, UnixAccess access, Endpoint endpoint, ILogger logger)
    {
        if (PeerLookup.CredentialsOf(accepted) is not { } credentials) return null;
        if (access.Admits(accepted, credentials)) return credentials;
        SocketLog.Refused(logger, endpoint, credentials.ProcessId, credentials.UserId);
        return null;
    }

    protected override Connection? Admit(SocketHandle accepted)
    {
        if (Admits(accepted, access, Endpoint, Logger) is not { } credentials) return null;
        var link = new UnixLink(accepted, credentials.ProcessId);
        return new LinkConnection(link, Endpoint, PeerLookup.PeerOf(credentials)).Start();
    }

    protected override void BeforeClose() => path?.Release();
}
