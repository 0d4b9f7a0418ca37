using System.Runtime.InteropServices;
using Culvert.Transports.Links;

namespace Culvert.Transports.Linux;

/// <summary>Connects a stream socket.</summary>
internal static class SocketDialer
{
    /// <summary>Connects; the handle is the caller's.</summary>
    public static async ValueTask<SocketHandle> DialAsync(DialAttempt attempt, int family, byte[] address)
    {
        var cancellationToken = attempt.CancellationToken;
        while (true)
        {
            var socket = SocketHandle.Create(family, Libc.SocketStream);
            try
            {
                var errno = Connect(socket, address);
                if (errno == Errno.InProgress)
                {
                    errno = await FinishAsync(socket, cancellationToken).ConfigureAwait(false);
                }

                if (errno == 0) return socket;
                socket.Dispose();
                if (errno != Errno.WouldBlock) throw SocketErrors.Dial(errno, attempt.Endpoint);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            // A Unix listener with a full queue gives no event when there is room.
            await attempt.PauseAsync(isBusy: true).ConfigureAwait(false);
        }
    }

    private static async ValueTask<int> FinishAsync(SocketHandle socket, CancellationToken cancellationToken)
    {
        using var readiness = new Readiness(socket, EpollEvents.Writable);
        while (true)
        {
            var ready = readiness.Next;
            var errno = socket.TakeError();
            if (errno != 0 || SocketName.RemoteOf(socket) is not null) return errno;
            await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static unsafe int Connect(SocketHandle socket, byte[] address)
    {
        fixed (byte* pointer = address)
        {
            while (Libc.Connect(socket, pointer, (uint)address.Length) != 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted) return errno;
            }
        }

        return 0;
    }
}
