namespace Culvert.Transports.Linux;

/// <summary>What the kernel says of a file, of a link and not what it points to (statx(2)).</summary>
internal readonly unsafe record struct FileStatus(ulong Device, ulong Inode, uint Mode, uint UserId)
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int StatxBytes = 256;

    // Offsets in struct statx, which is the same on every architecture.
    private const int UserIdOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;

    private const uint TypeMask = 0xF000;
    private const uint FileType = 0x8000;
    private const uint SocketType = 0xC000;
    private const uint FolderType = 0x4000;

    public bool IsFile => (Mode & TypeMask) == FileType;

    public bool IsSocket => (Mode & TypeMask) == SocketType;

    public bool IsFolder => (Mode & TypeMask) == FolderType;

    /// <summary>The permission bits.</summary>
    public uint Permissions => Mode & 0xFFF;

    /// <summary>Null when there is nothing at the path, or it cannot be looked at.</summary>
    public static FileStatus? Of(string path) => Of(CurrentFolder, path, NoFollow);

    /// <summary>Of what is open.</summary>
    public static FileStatus? Of(int descriptor) => Of(descriptor, "", EmptyPath);

    private static FileStatus? Of(int folder, string path, int flags)
    {
        var data = stackalloc byte[StatxBytes];
        if (Libc.Stat(folder, path, flags, BasicStats, data) != 0) return null;
        var device = ((ulong)*(uint*)(data + DeviceMajorOffset) << 32) | *(uint*)(data + DeviceMinorOffset);
        return new FileStatus(
            device, *(ulong*)(data + InodeOffset), *(ushort*)(data + ModeOffset), *(uint*)(data + UserIdOffset));
    }
}
