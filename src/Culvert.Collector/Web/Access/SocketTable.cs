using System.Net;
using System.Runtime.InteropServices;

namespace Culvert.Collector.Web.Access;

/// <summary>Asks the kernel which user owns the other end of a loopback connection. Any thread.</summary>
internal static partial class SocketTable
{
    private const int NetlinkFamily = 16;
    private const int RawSocketCloseOnExec = 3 | 0x80000;
    private const int SockDiagProtocol = 4;
    private const int DontWait = 0x40;

    /// <summary>Whom the system shows in place of users that are not mapped into our user namespace.</summary>
    private const uint OverflowUserId = 65534;

    /// <summary>The user this process runs as; null where users have no number.</summary>
    public static uint? OwnUserId { get; } = OperatingSystem.IsLinux() ? GetEffectiveUserId() : null;

    /// <summary>The owner of the socket bound to <paramref name="client"/> and connected to <paramref name="server"/>,
    /// or null when nobody can be told.</summary>
    public static uint? OwnerOf(IPEndPoint client, IPEndPoint server)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var answer = AskKernel(client, server);
        var owner = answer.IsAnswered ? answer.UserId : ProcNetTcp.OwnerOf(client, server);
        return owner == OverflowUserId && IsUserNamespace.Value ? null : owner;
    }

    internal static unsafe SockDiagAnswer AskKernel(IPEndPoint client, IPEndPoint server)
    {
        var socket = OpenSocket(NetlinkFamily, RawSocketCloseOnExec, SockDiagProtocol);
        if (socket < 0) return SockDiagAnswer.Failed;
        try
        {
            Span<byte> message = stackalloc byte[512];
            SockDiagLayout.WriteRequest(message, client, server);
            fixed (byte* bytes = message)
            {
                if (Send(socket, bytes, SockDiagLayout.RequestBytes, 0) != SockDiagLayout.RequestBytes)
                    return SockDiagAnswer.Failed;

                // The kernel answers within the send, so there is nothing to wait for.
                var count = (int)Receive(socket, bytes, (nuint)message.Length, DontWait);
                return count <= 0 ? SockDiagAnswer.Failed : SockDiagLayout.ReadAnswer(message[..count], client, server);
            }
        }
        finally
        {
            _ = Close(socket);
        }
    }

    private static readonly Lazy<bool> IsUserNamespace = new(() =>
    {
        // The first namespace maps every number onto itself: "0 0 4294967295".
        try
        {
            return !File.ReadAllText("/proc/self/uid_map").Contains("4294967295", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    });

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send")]
    private static unsafe partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static unsafe partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int socket);
}
