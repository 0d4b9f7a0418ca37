using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Spool;

/// <summary>Makes files and folders durable.</summary>
internal static partial class FileDurability
{
    private const int Interrupted = 4;
    private const int OpenCloseOnExec = 0x80000;

    /// <summary>Makes a file's content and length durable. On Linux by fdatasync, which leaves out the file's times;
    /// the runtime's own flush ignores some errors, and none may be ignored here.</summary>
    public static void Flush(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        // An interrupted call has not lost an error; every other failure is final (see docs/spool.md).
        while (DataSync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw Failure("fdatasync", error);
        }
    }

    /// <summary>Makes creations and deletions in a folder durable. Windows' file systems do that by
    /// themselves.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? OpenCloseOnExec : 0);
        if (descriptor < 0) throw Failure("open", Marshal.GetLastPInvokeError());
        try
        {
            if (Sync(descriptor) != 0) throw Failure("fsync", Marshal.GetLastPInvokeError());
        }
        finally
        {
            Close(descriptor);
        }
    }

    private static IOException Failure(string call, int error) =>
        new($"{call} failed: {new Win32Exception(error).Message}.", error);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
