using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.UnixSockets;

/// <summary>
/// Claims a path in the file system for a Unix socket: a stale one is taken over, a live one or a file that is no
/// socket
/// never is, and what is removed later is only what was claimed.
/// </summary>
/// <remarks>Everyone who claims holds a lock on the folder from the look at the path until the socket listens, so two
/// claimers cannot both find the same stale socket. The lock is on the folder's own descriptor and leaves no file
/// behind.
/// A foreign listener between its bind and its listen looks stale for that moment; nothing can tell.</remarks>
internal sealed class UnixSocketPath
{
    private const uint OwnerOnlySocket = 0x180; // 0600

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    private readonly (ulong Device, ulong Inode) _identity;

    private UnixSocketPath(string path, (ulong Device, ulong Inode) identity)
    {
        Path = path;
        _identity = identity;
    }

    public string Path { get; }

    /// <summary>Checks a path before any call is made with it.</summary>
    public static void Check(string path, Endpoint endpoint)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(path);
        if (path.Length == 0 || path[0] != '/' || path.EndsWith('/'))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' names no socket; write an absolute path such as unix:///run/app.sock.");
        }

        if (bytes > SocketName.UnixPathBytesMax || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"The path '{path}' has {bytes} bytes, the system takes "
                + $"{SocketName.UnixPathBytesMax}; use a shorter one.");
        }
    }

    /// <summary>Binds the socket to the path, and lets a stream socket listen.</summary>
    public static async ValueTask<UnixSocketPath> ClaimAsync(
        SocketHandle socket, int type, string path, Endpoint endpoint, ListenerOptions options,
        CancellationToken cancellationToken)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        CreateFolder(folder, options.Access, endpoint);
        var folderLock = await FolderLock.TakeAsync(folder, endpoint, LockTimeout, LockPause, cancellationToken)
            .ConfigureAwait(false);
        using (folderLock)
        {
            if (RemoveStale(path, endpoint)) SocketLog.TookOver(options.Logger, path);
            Bind(socket, path, endpoint);
            if (type == Libc.SocketStream && Libc.Listen(socket, options.Backlog) != 0)
            {
                throw SocketErrors.System(Marshal.GetLastPInvokeError(), $"Listening at {endpoint} failed");
            }

            // Wider only now, and only by option: the bind above made it 0600 whatever the umask says.
            if (options.Access.Kind != AccessKind.SameUser) FileModes.Set(path, FileModes.EveryoneSocket);
            return new UnixSocketPath(path, IdentityOf(path) ?? default);
        }
    }

    /// <summary>Removes the socket's file if it is still the one that was claimed.</summary>
    public void Release()
    {
        try
        {
            if (IdentityOf(Path) == _identity) File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays as a stale socket, which the next listener takes over.
        }
    }

    private static void CreateFolder(string folder, AccessPolicy access, Endpoint endpoint)
    {
        if (Directory.Exists(folder)) return; // Never changed: it is somebody's choice.
        try
        {
            var mode = access.Kind == AccessKind.SameUser ? FileModes.OwnerOnlyFolder : FileModes.PassThroughFolder;
            FileModes.CreateFolder(folder, mode);
            if (access.Kind != AccessKind.SameUser) FileModes.Set(folder, mode);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ConnectionException(
                ConnectionError.NotAllowed, $"The folder of {endpoint} may not be created by this user.", e);
        }
        catch (IOException e)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The folder of {endpoint} cannot be created: {e.Message}", e);
        }
    }

    private static bool RemoveStale(string path, Endpoint endpoint)
    {
        if (FileStatus.Of(path) is not { } status) return false;
        if (!status.IsSocket)
        {
            throw new ConnectionException(
                ConnectionError.AddressInUse,
                $"'{path}' is a file and no socket, so it is left alone; move it away or listen elsewhere.");
        }

        if (!IsStale(path))
        {
            throw new ConnectionException(
                ConnectionError.AddressInUse, $"Another process listens at {endpoint}; stop it or listen elsewhere.");
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConnectionException(
                ConnectionError.NotAllowed, $"The stale socket '{path}' may not be removed by this user.", e);
        }

        return true;
    }

    /// <summary>Only a refused connection proves that nobody listens; any doubt counts as alive.</summary>
    private static bool IsStale(string path)
    {
        var errno = Probe(path, Libc.SocketStream);
        if (errno == Errno.WrongSocketType) errno = Probe(path, Libc.SocketDatagram);
        return errno == Errno.ConnectionRefused;
    }

    private static unsafe int Probe(string path, int type)
    {
        using var socket = SocketHandle.Create(Libc.FamilyUnix, type);
        var name = SocketName.OfPath(path);
        fixed (byte* address = name)
        {
            return Libc.Connect(socket, address, (uint)name.Length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static unsafe void Bind(SocketHandle socket, string path, Endpoint endpoint)
    {
        // On Linux the new file takes its mode from the socket's own, so there is no moment in which it is wider.
        Libc.ChangeMode(socket, OwnerOnlySocket);
        var name = SocketName.OfPath(path);
        fixed (byte* address = name)
        {
            if (Libc.Bind(socket, address, (uint)name.Length) == 0) return;
        }

        var errno = Marshal.GetLastPInvokeError();
        throw errno switch
        {
            Errno.AddressInUse => new ConnectionException(
                ConnectionError.AddressInUse, $"Another process just began to listen at {endpoint}."),
            Errno.AccessDenied or Errno.NotPermitted or Errno.ReadOnlyFileSystem => new ConnectionException(
                ConnectionError.NotAllowed, $"This user may not create '{path}'; choose a folder it may write to."),
            Errno.NoEntry or Errno.NotDirectory => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The folder of '{path}' does not exist."),
            _ => SocketErrors.System(errno, $"Binding {endpoint} failed"),
        };
    }

    private static (ulong Device, ulong Inode)? IdentityOf(string path) =>
        FileStatus.Of(path) is { } status ? (status.Device, status.Inode) : null;
}
