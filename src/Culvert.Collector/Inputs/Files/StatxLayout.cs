namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// Offsets in Linux' <c>struct statx</c>, which is the same on every architecture; source: linux/stat.h.
/// <code>
/// mask u32 | blksize u32 | attributes u64 | nlink u32 | uid u32 | gid u32 | mode u16 | pad u16 | ino u64 | size u64
/// | blocks u64 | attributes_mask u64 | atime, btime, ctime, mtime 4 x 16 | rdev_major u32 | rdev_minor u32
/// | dev_major u32 | dev_minor u32 | ... 256 bytes
/// </code>
/// </summary>
internal static class StatxLayout
{
    public const int LinksOffset = 4 + 4 + 8;
    public const int ModeOffset = LinksOffset + 3 * 4;
    public const int InodeOffset = ModeOffset + 2 + 2;
    public const int SizeOffset = InodeOffset + 8;
    public const int DeviceMajorOffset = SizeOffset + 3 * 8 + 4 * 16 + 2 * 4;
    public const int DeviceMinorOffset = DeviceMajorOffset + 4;
    public const int Bytes = 256;

    /// <summary>STATX_TYPE | STATX_NLINK | STATX_INO | STATX_SIZE.</summary>
    public const uint Mask = 0x0001 | 0x0004 | 0x0100 | 0x0200;

    public const int EmptyPath = 0x1000;
    public const int CurrentFolder = -100;
    public const int TypeMask = 0xF000;
    public const int RegularFile = 0x8000;
}
