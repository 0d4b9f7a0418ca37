using System.Runtime.InteropServices;
using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>An exclusive lock on a folder (flock(2)), which ends with the process at the latest.</summary>
internal sealed class FolderLock : IDisposable
{
    private int _descriptor;

    private FolderLock(int descriptor) => _descriptor = descriptor;

    public static async ValueTask<FolderLock> TakeAsync(
        string folder, Endpoint endpoint, TimeSpan timeout, TimeSpan pause, CancellationToken cancellationToken)
    {
        var descriptor = Libc.Open(folder, Libc.OpenDirectory | Libc.OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new ConnectionException(
                ConnectionError.NotAllowed,
                $"The folder '{folder}' of {endpoint} cannot be opened; choose one that this user may read.",
                SocketErrors.System(Marshal.GetLastPInvokeError(), "Opening the folder failed"));
        }

        var folderLock = new FolderLock(descriptor);
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            while (Libc.Lock(descriptor, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
            {
                if (TimeProvider.System.GetElapsedTime(started) > timeout)
                {
                    throw new ConnectionException(
                        ConnectionError.AddressInUse, $"Another process holds the lock on the folder of {endpoint}.");
                }

                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }

            return folderLock;
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) Libc.Close(descriptor);
    }
}
