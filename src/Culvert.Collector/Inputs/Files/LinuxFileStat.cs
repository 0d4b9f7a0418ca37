using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>The same by statx(2).</summary>
internal static partial class LinuxFileStat
{
    private const int PermissionDenied = 13;

    public static bool TryGet(string path, out FileStat stat, out bool isDenied)
    {
        var isKnown = TryGet(StatxLayout.CurrentFolder, path, 0, out stat, out var error);
        isDenied = error == PermissionDenied;
        return isKnown;
    }

    public static bool TryGet(SafeFileHandle file, out FileStat stat)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return TryGet((int)file.DangerousGetHandle(), "", StatxLayout.EmptyPath, out stat, out _);
        }
        finally
        {
            if (isHeld) file.DangerousRelease();
        }
    }

    private static unsafe bool TryGet(int folder, string path, int flags, out FileStat stat, out int error)
    {
        Span<byte> buffer = stackalloc byte[StatxLayout.Bytes];
        fixed (byte* pointer = buffer)
        {
            if (Statx(folder, path, flags, StatxLayout.Mask, pointer) != 0)
            {
                stat = default;
                error = Marshal.GetLastPInvokeError();
                return false;
            }
        }

        var major = BinaryPrimitives.ReadUInt32LittleEndian(buffer[StatxLayout.DeviceMajorOffset..]);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(buffer[StatxLayout.DeviceMinorOffset..]);
        stat = new FileStat(
            new FileId((ulong)major << 32 | minor, BitConverter.ToUInt64(buffer[StatxLayout.InodeOffset..])),
            BitConverter.ToInt64(buffer[StatxLayout.SizeOffset..]),
            (BitConverter.ToUInt16(buffer[StatxLayout.ModeOffset..]) & StatxLayout.TypeMask) == StatxLayout.RegularFile,
            BitConverter.ToUInt32(buffer[StatxLayout.LinksOffset..]) == 0);
        error = 0;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
