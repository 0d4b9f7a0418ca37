using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>The folder where the journals of one user's programs lie, and how a file in it is opened: for that user
/// alone, never through a link. Linux.</summary>
internal static class JournalFolder
{
    public const string Extension = ".journal";

    private const string SharedMemory = "/dev/shm";
    private const string NewExtension = ".new";
    private const string DamagedExtension = ".damaged";
    private const int OwnerOnlyFile = 0x180; // 0600

    /// <summary>Why this system has no journals; null where it has. A mapped file that is wakened by no system call,
    /// locked by its program and read past its end without harm is built for Linux so far.</summary>
    public static string? Unsupported =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian
            ? null
            : "Journals are built for 64-bit Linux so far; on this system records go over the connection.";

    /// <summary>The data folder of this user's collector, so that both sides find the journals without being
    /// told.</summary>
    public static string DefaultData =>
        Environment.GetEnvironmentVariable("CULVERT_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "culvert");

    /// <summary>The folder of the journals on the disk. That it is there says that a collector reads.</summary>
    public static string OnDisk(string dataFolder) => Path.Combine(dataFolder, "journals");

    /// <summary>The same in the system's memory, which outlives every program and no start of the machine; null where
    /// there is none. A log call that writes into a file of a disk waits when the kernel has too much of it to
    /// write.</summary>
    public static string? InMemory(string dataFolder)
    {
        if (Unsupported is not null || !Directory.Exists(SharedMemory)) return null;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{SharedMemory}/culvert-{Libc.GetEffectiveUserId()}-{Convert.ToHexStringLower(name.AsSpan(0, 8))}");
    }

    /// <summary>Makes the folder where it is missing. Throws when it is no folder, another user's, or open to
    /// others.</summary>
    public static void Prepare(string folder)
    {
        try
        {
            if (FileStatus.Of(folder) is null) FileModes.CreateFolder(folder, FileModes.OwnerOnlyFolder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The folder of the journals cannot be made: {exception.Message}");
        }

        if (Problem(folder) is { } problem) throw new JournalException(problem);
    }

    /// <summary>What is wrong with the folder, as a sentence, or null.</summary>
    public static string? Problem(string folder)
    {
        if (FileStatus.Of(folder) is not { } status || !status.IsFolder)
            return $"'{folder}' is no folder, so it holds no journals; remove it or name another.";
        if (status.UserId != Libc.GetEffectiveUserId())
            return $"The folder of the journals '{folder}' belongs to the user {status.UserId}; name one of your own.";
        return (status.Permissions & 0x3F) == 0
            ? null
            : $"The folder of the journals '{folder}' is open to other users; run chmod 700 on it.";
    }

    /// <summary>What has a journal's name; nothing where the folder was taken away: a program makes it again.</summary>
    public static IEnumerable<string> Journals(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal)
            : [];

    /// <summary>Removes files that programs began and died over: nobody holds their lock.</summary>
    public static void RemoveUnfinished(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + NewExtension))
        {
            using var file = TryOpen(path);
            if (file is not null && TryLock(file)) File.Delete(path);
        }
    }

    /// <summary>Leaves nothing behind in the system's memory; a program that comes makes it again.</summary>
    public static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Programs have journals there, or it is gone.
        }
    }

    /// <summary>Makes a file under a name that no collector looks at, locked and as large as it will be.</summary>
    public static SafeFileHandle CreateFile(string folder, string name, long bytes)
    {
        var path = Path.Combine(folder, name + NewExtension);
        var descriptor = Libc.Open(
            path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenNoFollow
            | Libc.OpenCloseOnExec, OwnerOnlyFile);
        if (descriptor < 0) throw Failed($"A journal cannot be made in '{folder}'");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            if (!TryLock(file)) throw Failed($"The new journal in '{folder}' was locked by another process");

            // Reserved now: a mapping into a hole of a full disk would end the program with a signal.
            if (Libc.Allocate(file, 0, bytes) is var error and not 0)
                throw Failed($"There is no room for a journal of {bytes} bytes in '{folder}'", error);
            return file;
        }
        catch
        {
            File.Delete(path);
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a finished file the name under which collectors find it.</summary>
    public static string Publish(string folder, string name)
    {
        var path = Path.Combine(folder, name + Extension);
        File.Move(Path.Combine(folder, name + NewExtension), path);
        return path;
    }

    /// <summary>Opens a regular file of this user, closed to others; null when it is not, or gone.</summary>
    public static SafeFileHandle? TryOpen(string path)
    {
        // Not blocking: the name may be that of a pipe.
        var descriptor = Libc.Open(
            path, Libc.OpenReadWrite | Libc.OpenNoFollow | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);
        if (descriptor < 0) return null;
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FileStatus.Of(descriptor) is { } status && IsOurs(status)) return file;
        file.Dispose();
        return null;
    }

    /// <summary>Whether what lies at the path may be a journal of this user.</summary>
    public static bool IsOurs(FileStatus status) =>
        status.IsFile && status.UserId == Libc.GetEffectiveUserId() && (status.Permissions & 0x3F) == 0;

    /// <summary>Takes the lock that a living program holds; it ends with whoever holds it, at the latest.</summary>
    public static bool TryLock(SafeFileHandle file) =>
        Libc.Lock((int)file.DangerousGetHandle(), Libc.LockExclusive | Libc.LockNonBlocking) == 0;

    public static void Unlock(SafeFileHandle file) => Libc.Lock((int)file.DangerousGetHandle(), Libc.LockRelease);

    /// <summary>Puts aside what cannot be read, for a person to look at; its new name.</summary>
    public static string PutAside(string path)
    {
        var aside = path + DamagedExtension;
        File.Move(path, aside, overwrite: true);
        return aside;
    }

    private static JournalException Failed(string what, int error = 0) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(error == 0 ? Marshal.GetLastPInvokeError() : error)}.");
}
