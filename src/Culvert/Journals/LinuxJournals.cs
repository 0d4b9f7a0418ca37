using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>By the mode of files, flock(2) and mmap(2).</summary>
internal sealed unsafe class LinuxJournals : JournalSystem
{
    private const string SharedMemory = "/dev/shm";
    private const int OwnerOnlyFile = 0x180; // 0600
    private const uint OthersMask = 0x3F;

    public override Peer User
    {
        get
        {
            var userId = Libc.GetEffectiveUserId();
            return new Peer { UserId = userId, UserName = PeerLookup.UserName(userId) };
        }
    }

    public override string? InMemory => Directory.Exists(SharedMemory)
        ? string.Create(CultureInfo.InvariantCulture, $"{SharedMemory}/culvert-{Libc.GetEffectiveUserId()}-")
        : null;

    public override bool IsThere(string path) => FileStatus.Of(path) is not null;

    public override void CreateFolder(string folder) => FileModes.CreateFolder(folder, FileModes.OwnerOnlyFolder);

    public override string? ProblemOf(string folder)
    {
        if (FileStatus.Of(folder) is not { IsFolder: true } status) return JournalFolder.NoFolder(folder);
        if (status.UserId != Libc.GetEffectiveUserId())
            return $"The folder of the journals '{folder}' belongs to the user {status.UserId}; name one of your own.";
        return (status.Permissions & OthersMask) == 0
            ? null
            : $"The folder of the journals '{folder}' is open to other users; run chmod 700 on it.";
    }

    public override SafeFileHandle Create(string path, bool staysInMemory)
    {
        var descriptor = Libc.Open(
            path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenNoFollow
            | Libc.OpenCloseOnExec, OwnerOnlyFile);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failed($"The journal '{path}' cannot be made", Marshal.GetLastPInvokeError());
    }

    public override void Reserve(SafeFileHandle file, long bytes)
    {
        // A mapping into a hole of a full disk would end the program with a signal.
        var error = Libc.Allocate(file, 0, bytes);
        if (error != 0) throw Failed($"There is no room for a journal of {bytes} bytes", error, isLasting: true);
    }

    public override SafeFileHandle? TryOpen(string path)
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
        status.IsFile && status.UserId == Libc.GetEffectiveUserId() && (status.Permissions & OthersMask) == 0;

    public override bool TryLock(SafeFileHandle file) =>
        Libc.Lock((int)file.DangerousGetHandle(), Libc.LockExclusive | Libc.LockNonBlocking) == 0;

    public override void Unlock(SafeFileHandle file) => Libc.Lock((int)file.DangerousGetHandle(), Libc.LockRelease);

    public override byte* Map(SafeFileHandle file, int capacity, bool makesPages)
    {
        var bytes = JournalLayout.MappedBytes(capacity);
        var address = Libc.Map(
            null, bytes, Libc.MapNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if ((nint)address == -1) throw Unmapped();
        var descriptor = (int)file.DangerousGetHandle();
        const int Access = Libc.MapRead | Libc.MapWrite;
        var flags = Libc.MapShared | Libc.MapFixed | (makesPages ? Libc.MapPopulate : 0);
        var first = (nuint)JournalLayout.FileBytes(capacity);
        var isMapped = Libc.Map(address, first, Access, flags, descriptor, 0) == address
            && Libc.Map(address + first, (nuint)capacity, Access, flags, descriptor, JournalLayout.DataOffset)
                == address + first;
        if (isMapped) return address;
        var failed = Unmapped();
        Libc.Unmap(address, bytes);
        throw failed;
    }

    public override void Unmap(byte* address, int capacity) =>
        Libc.Unmap(address, JournalLayout.MappedBytes(capacity));

    private static JournalException Unmapped() =>
        Failed("A journal could not be mapped", Marshal.GetLastPInvokeError(), isLasting: true);

    private static JournalException Failed(string what, int error, bool isLasting = false) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}.") { IsLasting = isLasting };
}
