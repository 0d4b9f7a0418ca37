using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.UnixSockets;

/// <summary>
/// Receives datagrams on a Unix socket, as <c>/dev/log</c> is one, each with its sender as the kernel says it
/// (SCM_CREDENTIALS, unix(7)).
/// </summary>
/// <remarks>One reader. Wait, then take until nothing is left: a burst costs one wait. While nobody takes, the kernel's
/// queue fills and local senders wait; nothing is dropped here.</remarks>
internal sealed class UnixDatagramReceiver : IAsyncDisposable
{
    // One ucred with its cmsghdr, and what the kernel may add beside it (a security label).
    private const int ControlBytesMax = 512;
    private const int ControlHeaderBytes = 16;

    private readonly SocketHandle _socket;
    private readonly UnixSocketPath _path;
    private readonly UnixAccess _access;
    private readonly ListenerOptions _options;
    private readonly Readiness _readiness;
    private readonly HashSet<uint> _refusedUsers = [];
    private Task _ready;
    private int _disposed;

    private UnixDatagramReceiver(
        SocketHandle socket, UnixSocketPath path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
    {
        _socket = socket;
        _path = path;
        _access = access;
        _options = options;
        Endpoint = endpoint;
        _readiness = new Readiness(socket, EpollEvents.Readable);
        _ready = Task.CompletedTask;
    }

    public Endpoint Endpoint { get; }

    /// <summary>Datagrams of users that the policy does not admit, thrown away and counted.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>
    /// Binds to the endpoint's path, by the same rules as a listener: mode, folder, stale names. A receive buffer of
    /// 0 bytes
    /// keeps the system's default; the system may grant less than was asked for (<c>net.core.rmem_max</c>).
    /// </summary>
    public static async ValueTask<UnixDatagramReceiver> BindAsync(
        Endpoint endpoint, ListenerOptions options, int receiveBufferBytes = 0,
        CancellationToken cancellationToken = default)
    {
        LinuxOnly.Check(endpoint);
        UnixSocketPath.Check(endpoint.Address, endpoint);
        var access = new UnixAccess(options.Access);
        var socket = SocketHandle.Create(Libc.FamilyUnix, Libc.SocketDatagram);

        // Before the bind, so that the first datagram has its credentials too.
        socket.SetOption(Libc.LevelSocket, Libc.OptionPassCredentials, 1);
        if (receiveBufferBytes > 0) socket.SetOption(Libc.LevelSocket, Libc.OptionReceiveBuffer, receiveBufferBytes);
        try
        {
            var path = await UnixSocketPath
                .ClaimAsync(socket, Libc.SocketDatagram, endpoint.Address, endpoint, options, cancellationToken)
                .ConfigureAwait(false);
            return new UnixDatagramReceiver(socket, path, access, endpoint, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Completes when <see cref="TryReceive"/> may bring a datagram: true; or after dispose: false.</summary>
    public ValueTask<bool> WaitToReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _disposed) != 0) return new ValueTask<bool>(false);
        var ready = _ready;
        return ready.IsCompleted ? new ValueTask<bool>(true) : WaitAsync(ready, cancellationToken);
    }

    /// <summary>
    /// Takes one datagram without waiting; false when none is left. What is longer than <paramref name="buffer"/> is
    /// cut off
    /// and <paramref name="isTruncated"/> says so. A datagram whose sender is unknown has null credentials.
    /// </summary>
    public bool TryReceive(
        Span<byte> buffer, out int count, out Libc.Credentials? sender, out bool isTruncated)
    {
        while (true)
        {
            // Taken before the call, so that an event during it is not missed.
            var ready = _readiness.Next;
            var result = Receive(buffer, out sender, out isTruncated);
            count = (int)Math.Max(result, 0);
            if (result < 0)
            {
                _ready = ready;
                return false;
            }

            var isAdmitted = sender is { } known
                ? _access.Admits(known)
                : _options.Access.Kind == AccessKind.EveryoneLocal;
            if (isAdmitted) return true;
            Refuse(sender);
        }
    }

    /// <summary>Who sent a datagram; read the result once for each process and keep it, since it asks the
    /// system.</summary>
    public static Peer PeerOf(Libc.Credentials sender) => PeerLookup.PeerOf(sender);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        _path.Release();
        _readiness.Dispose();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static unsafe Libc.Credentials? FindCredentials(byte* control, nuint length)
    {
        for (nuint at = 0; at + ControlHeaderBytes <= length;)
        {
            var itemBytes = *(nuint*)(control + at);
            if (itemBytes < ControlHeaderBytes || at + itemBytes > length) return null;
            var level = *(int*)(control + at + 8);
            var type = *(int*)(control + at + 12);
            if (level == Libc.LevelSocket && type == Libc.ControlCredentials
                && itemBytes >= ControlHeaderBytes + (nuint)sizeof(Libc.Credentials))
            {
                return *(Libc.Credentials*)(control + at + ControlHeaderBytes);
            }

            at += (itemBytes + 7) & ~(nuint)7;
        }

        return null;
    }

    private async ValueTask<bool> WaitAsync(Task ready, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Volatile.Read(ref _disposed) == 0;
    }

    private unsafe nint Receive(Span<byte> buffer, out Libc.Credentials? sender, out bool isTruncated)
    {
        sender = null;
        isTruncated = false;
        var control = stackalloc byte[ControlBytesMax];
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var vector = new Libc.IoVector { Base = bytes, Length = (nuint)buffer.Length };
                var message = new Libc.MessageHeader
                {
                    Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytesMax,
                };
                nint count;
                try
                {
                    count = Libc.ReceiveMessage(_socket, &message, Libc.MessageDontWait | Libc.MessageCloseOnExec);
                }
                catch (ObjectDisposedException)
                {
                    return -1;
                }

                if (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted) continue;
                if (count < 0) return -1;
                isTruncated = (message.Flags & Libc.MessageTruncated) != 0;
                sender = FindCredentials(control, message.ControlLength);
                return count;
            }
        }
    }

    private void Refuse(Libc.Credentials? sender)
    {
        RefusedCount++;

        // Once for each user, since anyone may send any number.
        if (_refusedUsers.Count < 1024 && _refusedUsers.Add(sender?.UserId ?? uint.MaxValue))
        {
            SocketLog.Refused(_options.Logger, Endpoint, sender?.ProcessId ?? 0, sender?.UserId ?? uint.MaxValue);
        }
    }
}
