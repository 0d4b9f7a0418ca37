using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Culvert.Connections;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>By security descriptors, a lock on a byte behind the end of the file, and two views in a row.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsJournals : JournalSystem
{
    /// <summary>Where no journal ends, since a locked byte cannot be read by others, the collector among
    /// them.</summary>
    private const uint LockOffsetHigh = 0x4000_0000;

    private const int DescriptorBytesMax = 4096;
    private const int PageBytes = 4096;

    private static readonly byte[] Zeros = new byte[1024 * 1024];

    /// <summary>Who may have rights to a file beside its owner: those from whom Windows keeps nothing.</summary>
    private static readonly SecurityIdentifier[] Almighty =
    [
        new(WellKnownSidType.LocalSystemSid, null), new(WellKnownSidType.BuiltinAdministratorsSid, null),
    ];

    public override Peer User => new()
    {
        UserName = Environment.UserName, UserSid = WindowsAccess.CurrentUser().Value,
    };

    /// <summary>No folder lies in memory. A journal is marked as temporary instead.</summary>
    public override string? InMemory => null;

    public override bool IsThere(string path) => (int)new FileInfo(path).Attributes != -1;

    public override void CreateFolder(string folder)
    {
        var security = new DirectorySecurity();
        security.SetSecurityDescriptorSddlForm(Sddl("OICI"));
        new DirectoryInfo(folder).Create(security);
    }

    public override string? ProblemOf(string folder)
    {
        using var opened = Kernel32.OpenFile(
            folder, Kernel32.FileReadAttributes | Kernel32.ReadControl, Kernel32.FileShareAll, null,
            Kernel32.OpenExisting, Kernel32.FileFlagBackupSemantics | Kernel32.FileFlagOpenReparsePoint, 0);
        const FileAttributes Kind = FileAttributes.Directory | FileAttributes.ReparsePoint;
        if (opened.IsInvalid || (File.GetAttributes(opened) & Kind) != FileAttributes.Directory)
            return JournalFolder.NoFolder(folder);
        var descriptor = DescriptorOf(opened);
        if (descriptor?.Owner != WindowsAccess.CurrentUser())
        {
            return $"The folder of the journals '{folder}' belongs to "
                + $"{descriptor?.Owner?.Value ?? "nobody that is known"}; name one of your own.";
        }

        return IsOurs(descriptor)
            ? null
            : $"The folder of the journals '{folder}' is open to other users; remove it, so that it is made anew.";
    }

    public override SafeFileHandle Create(string path, bool staysInMemory)
    {
        var text = new RawSecurityDescriptor(Sddl(""));
        var bytes = new byte[text.BinaryLength];
        text.GetBinaryForm(bytes, 0);
        fixed (byte* descriptor = bytes)
        {
            var security = new Kernel32.SecurityAttributes
            {
                Bytes = (uint)sizeof(Kernel32.SecurityAttributes), Descriptor = descriptor,
            };
            // Temporary: the system writes it to the disk only when it needs the memory for something else.
            var file = Kernel32.OpenFile(
                path, Kernel32.GenericRead | Kernel32.GenericWrite, Kernel32.FileShareAll, &security,
                Kernel32.CreateNew,
                staysInMemory ? Kernel32.FileAttributeTemporary : Kernel32.FileAttributeNormal, 0);
            return file.IsInvalid ? throw Failed($"The journal '{path}' cannot be made") : file;
        }
    }

    /// <summary>Writes it whole. So all of it has room, and no part of it is one that was never written: NTFS may read
    /// such a part as zeros, or fill it with zeros when the collector writes behind it.</summary>
    public override void Reserve(SafeFileHandle file, long bytes)
    {
        try
        {
            RandomAccess.SetLength(file, bytes);
            for (var at = 0L; at < bytes; at += Zeros.Length)
                RandomAccess.Write(file, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, bytes - at)), at);
        }
        catch (IOException exception)
        {
            throw new JournalException($"There is no room for a journal of {bytes} bytes: {exception.Message}")
            {
                IsLasting = true,
            };
        }
    }

    public override SafeFileHandle? TryOpen(string path)
    {
        var file = Kernel32.OpenFile(
            path, Kernel32.GenericRead | Kernel32.GenericWrite, Kernel32.FileShareAll, null,
            Kernel32.OpenExisting, Kernel32.FileFlagOpenReparsePoint, 0);
        const FileAttributes Kind = FileAttributes.Directory | FileAttributes.ReparsePoint | FileAttributes.Device;
        if (!file.IsInvalid && Kernel32.GetFileType(file.DangerousGetHandle()) == Kernel32.FileTypeDisk
            && (File.GetAttributes(file) & Kind) == 0
            && DescriptorOf(file) is { } descriptor && IsOurs(descriptor)) return file;
        file.Dispose();
        return null;
    }

    /// <summary>Whether it gives rights to nobody but this user, who must be the owner, and those from whom nothing can
    /// be kept.</summary>
    public static bool IsOurs(RawSecurityDescriptor descriptor)
    {
        var user = WindowsAccess.CurrentUser();

        // Without a list everybody may do everything.
        if (descriptor.Owner != user || descriptor.DiscretionaryAcl is not { } list) return false;
        foreach (var entry in list)
        {
            if (entry is not QualifiedAce one) return false;
            if (one.AceQualifier == AceQualifier.AccessDenied || one.SecurityIdentifier == user) continue;
            if (!Almighty.Contains(one.SecurityIdentifier)) return false;
        }

        return true;
    }

    public override bool TryLock(SafeFileHandle file)
    {
        var place = new NativeOverlapped { OffsetHigh = (int)LockOffsetHigh };
        return Kernel32.LockFileEx(
            file, Kernel32.LockFileExclusive | Kernel32.LockFileFailImmediately, 0, 1, 0, &place);
    }

    public override void Unlock(SafeFileHandle file) => Kernel32.UnlockFile(file, 0, LockOffsetHigh, 1, 0);

    public override byte* Map(SafeFileHandle file, int capacity, bool makesPages)
    {
        using var section = Kernel32.CreateFileMapping(
            file.DangerousGetHandle(), 0, Kernel32.PageReadWrite, 0, 0, 0);
        if (section.IsInvalid) throw Failed("A journal could not be mapped", isLasting: true);
        var address = ViewsInARow.TryMap(section, Views(capacity));
        if (address is null) throw Failed("A journal could not be mapped", isLasting: true);
        if (!IsCoherent(file, address))
        {
            Unmap(address, capacity);
            throw new JournalException(
                "A mapping of the journal does not show what is written to it, as on some network drives; name a "
                + "folder on a disk of this machine.")
            {
                IsLasting = true,
            };
        }

        if (makesPages) Touch(address, JournalLayout.MappedBytes(capacity));
        return address;
    }

    public override void Unmap(byte* address, int capacity) => ViewsInARow.Unmap(address, Views(capacity));

    /// <summary>Without these no thread of the program could be overtaken by the collector, which reads and writes the
    /// file. Windows promises it for views alone; NTFS and others keep it for reads and writes as well.</summary>
    private static bool IsCoherent(SafeFileHandle file, byte* address)
    {
        const ulong Probe = 0x0123_4567_89AB_CDEF;
        var value = Probe;
        var bytes = new Span<byte>(&value, sizeof(ulong));
        ref var field = ref *(ulong*)(address + JournalLayout.TailOffset);
        Volatile.Write(ref field, ~Probe);
        RandomAccess.Read(file, bytes, JournalLayout.TailOffset);
        if (value != ~Probe) return false;
        value = 0;
        RandomAccess.Write(file, bytes, JournalLayout.TailOffset);
        return Volatile.Read(ref field) == 0;
    }

    private static void Touch(byte* address, nuint bytes)
    {
        for (nuint at = 0; at < bytes; at += PageBytes) _ = Volatile.Read(ref address[at]);
    }

    private static View[] Views(int capacity) =>
        [new(0, JournalLayout.FileBytes(capacity)), new(JournalLayout.DataOffset, capacity)];

    private static RawSecurityDescriptor? DescriptorOf(SafeFileHandle file)
    {
        const uint Parts = Advapi32.OwnerInformation | Advapi32.ListInformation;
        var buffer = new byte[DescriptorBytesMax];
        fixed (byte* descriptor = buffer)
        {
            // One that does not fit lists more than one user.
            uint bytes;
            return Advapi32.GetKernelObjectSecurity(file, Parts, descriptor, DescriptorBytesMax, &bytes)
                ? new RawSecurityDescriptor(buffer, 0)
                : null;
        }
    }

    /// <summary>The owner named, since the system takes the administrators' group for an administrator, and a protected
    /// list, so that nothing is inherited.</summary>
    private static string Sddl(string inheritance)
    {
        var user = WindowsAccess.CurrentUser();
        return $"O:{user}D:P(A;{inheritance};FA;;;{user})";
    }

    private static JournalException Failed(string what, bool isLasting = false) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}") { IsLasting = isLasting };
}
