using System.Globalization;
using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>
/// The sockets that systemd, or another starter that keeps to its protocol, opened for this process: $LISTEN_FDS
/// descriptors from 3 on, with their names in $LISTEN_FDNAMES. Source: sd_listen_fds(3).
/// </summary>
/// <remarks>One thread.</remarks>
internal sealed class InheritedSockets : IDisposable
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    public const int DescriptorFirst = 3;

    /// <summary>Sockets at most; a collector has a few inputs.</summary>
    public const int CountMax = 256;

    private readonly List<InheritedSocket> _sockets = [];

    /// <summary>None: listeners make their own.</summary>
    public static InheritedSockets None { get; } = new();

    /// <summary>Takes over what the environment tells of. Throws <see cref="ConnectionException"/> with a sentence when
    /// a descriptor is none that a listener can use.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static InheritedSockets Open(Func<string, string?> variable)
    {
        // Variables that were meant for another process are left over in ours.
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (!OperatingSystem.IsLinux() || variable("LISTEN_PID") != self
            || variable("LISTEN_FDS") is not { Length: > 0 } text) return None;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > CountMax)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"LISTEN_FDS is '{text}', and must be a number from 0 to {CountMax}.");
        }

        var names = variable("LISTEN_FDNAMES") is { Length: > 0 } list ? list.Split(':') : new string[count];
        if (names.Length != count)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"LISTEN_FDNAMES has {names.Length} names for the {count} descriptors of LISTEN_FDS.");
        }

        var sockets = new InheritedSockets();
        try
        {
            for (var i = 0; i < count; i++)
                sockets._sockets.Add(InheritedSocket.Open(DescriptorFirst + i, names[i] ?? ""));
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Those for the listener of this name: one that has the name, or one at its address.</summary>
    public IInheritedSockets For(string name) => new OfListener(this, name);

    /// <summary>Throws when a socket is left: it would hold what clients send, and nobody would ever read it.</summary>
    public void CheckAllTaken()
    {
        if (_sockets.Count == 0) return;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"This process was started with {_sockets[0]}, where nothing in the configuration listens; "
            + "configure an input of that name or at that address, or take the socket out of the .socket unit.");
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Handle.Dispose();
        _sockets.Clear();
    }

    private SocketHandle? Take(string name, InheritedSocketKind kind, string address)
    {
        var found = _sockets.Find(socket => socket.Name == name)
            ?? _sockets.Find(socket => socket.Kind == kind && socket.Address == address);
        if (found is null) return null;
        if (found.Kind != kind)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{name}' is to listen at a {InheritedSocket.Words(kind)}, and was started with {found}; "
                + "make them one in the configuration or in the .socket unit.");
        }

        _sockets.Remove(found);
        return found.Handle;
    }

    private sealed class OfListener(InheritedSockets sockets, string name) : IInheritedSockets
    {
        public System.Runtime.InteropServices.SafeHandle? Take(InheritedSocketKind kind, string address) =>
            sockets.Take(name, kind, address);
    }
}
