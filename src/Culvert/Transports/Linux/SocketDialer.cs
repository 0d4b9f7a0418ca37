using System.Runtime.InteropServices;
using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>Connects a stream socket within a deadline.</summary>
internal static class SocketDialer
{
    // A Unix listener with a full queue gives no event when there is room: ask again, ever more slowly.
    private static readonly TimeSpan BusyPauseMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BusyPauseMax = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a dial under the options' deadline and tells the deadline from the caller's
    /// cancellation.</summary>
    public static async ValueTask<Connection> WithDeadlineAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken,
        Func<DialAttempt, ValueTask<Connection>> dial)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout != Timeout.InfiniteTimeSpan) deadline.CancelAfter(options.Timeout);
        var attempt = new DialAttempt(endpoint, deadline.Token);
        try
        {
            return await dial(attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw attempt.WasBusy ? SocketErrors.Busy(endpoint) : SocketErrors.TimedOut(endpoint);
        }
    }

    /// <summary>Connects; the handle is the caller's.</summary>
    public static async ValueTask<SocketHandle> DialAsync(DialAttempt attempt, int family, byte[] address)
    {
        var cancellationToken = attempt.CancellationToken;
        for (var pause = BusyPauseMin; ; pause = pause * 2 < BusyPauseMax ? pause * 2 : BusyPauseMax)
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

            attempt.WasBusy = true;
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
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
