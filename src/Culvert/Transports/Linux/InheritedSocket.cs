using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>One socket that was bound by whoever started this process.</summary>
/// <param name="Handle">It. Children do not inherit it, and no call waits for it.</param>
/// <param name="Name">What the starter calls it, or empty.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Address">A path, '@' and an abstract name, or address and port.</param>
internal sealed record InheritedSocket(SocketHandle Handle, string Name, InheritedSocketKind Kind, string Address)
{
    /// <summary>Takes over a descriptor. Throws <see cref="ConnectionException"/> with a sentence when it is no socket
    /// that a listener can use; it stays open then, since it may be this process's own.</summary>
    public static InheritedSocket Open(int descriptor, string name)
    {
        var handle = new SocketHandle(descriptor);
        try
        {
            // Close-on-exec first: what else goes wrong, no child gets it.
            if (Libc.Control(handle, Libc.FcntlSetDescriptorFlags, Libc.DescriptorCloseOnExec) < 0
                || Option(handle, Libc.OptionType) is not { } type)
                throw Wrong(descriptor, name, "is no socket");
            var flags = Libc.Control(handle, Libc.FcntlGetStatusFlags, 0);
            _ = Libc.Control(handle, Libc.FcntlSetStatusFlags, flags | Libc.SocketNonBlocking);
            if (type is not (Libc.SocketStream or Libc.SocketDatagram))
                throw Wrong(descriptor, name, "is neither a stream nor a datagram socket");
            if (type == Libc.SocketStream && Option(handle, Libc.OptionAcceptsConnections) != 1)
                throw Wrong(descriptor, name, "does not listen; set Accept=no in the .socket unit");

            var (isUnix, address) = SocketName.TextOf(handle);
            var kind = (isUnix, type == Libc.SocketStream) switch
            {
                (true, true) => InheritedSocketKind.UnixStream,
                (true, false) => InheritedSocketKind.UnixDatagram,
                (false, true) => InheritedSocketKind.Tcp,
                (false, false) => InheritedSocketKind.Udp,
            };
            if (kind == InheritedSocketKind.UnixDatagram && Option(handle, Libc.OptionPassCredentials) != 1)
            {
                throw Wrong(descriptor, name,
                    "does not say who sends; set PassCredentials=yes in the .socket unit");
            }

            return new InheritedSocket(handle, name, kind, address);
        }
        catch
        {
            handle.SetHandleAsInvalid();
            throw;
        }
    }

    public override string ToString() =>
        $"the {Words(Kind)} {Address}{(Name.Length == 0 ? "" : $" of the name '{Name}'")}";

    public static string Words(InheritedSocketKind kind) => kind switch
    {
        InheritedSocketKind.UnixStream => "stream socket",
        InheritedSocketKind.UnixDatagram => "datagram socket",
        InheritedSocketKind.Tcp => "TCP socket",
        _ => "UDP socket",
    };

    private static ConnectionException Wrong(int descriptor, string name, string what) => new(
        ConnectionError.InvalidEndpoint,
        $"The descriptor {descriptor} ('{name}') that this process was started with {what}.");

    private static unsafe int? Option(SocketHandle socket, int option)
    {
        int value;
        uint length = sizeof(int);
        return Libc.GetOption(socket, Libc.LevelSocket, option, &value, &length) == 0 ? value : null;
    }
}
