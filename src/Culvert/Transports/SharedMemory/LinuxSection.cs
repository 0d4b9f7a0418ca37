using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.SharedMemory;

/// <summary>A section on Linux: a memfd without a name, sealed so that no peer can take memory away that this process
/// has mapped.</summary>
internal sealed unsafe class LinuxSection : SharedSection
{
    private const int Seals = Libc.SealSeal | Libc.SealShrink | Libc.SealGrow;

    private LinuxSection(byte* address, int capacity)
        : base(address, capacity)
    {
    }

    /// <summary>Makes a section; the descriptor is the caller's, and the section does not need it.</summary>
    public static LinuxSection Create(int capacity, out SafeFileHandle descriptor)
    {
        var memory = Libc.MemoryFile("culvert", Libc.MemoryFileCloseOnExec | Libc.MemoryFileAllowSealing);
        descriptor = new SafeFileHandle(memory, ownsHandle: true);
        try
        {
            if (memory < 0 || Libc.Truncate(descriptor, SectionLayout.Bytes(capacity)) != 0
                || Libc.FileControl(descriptor, Libc.FileControlAddSeals, Seals) != 0) throw Failed();
            var address = Map(descriptor, capacity);
            WriteHead(address, capacity);
            return new LinuxSection(address, capacity);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Maps a section that a peer made; null when it is none, or is not sealed.</summary>
    public static LinuxSection? TryOpen(SafeFileHandle descriptor)
    {
        if (Libc.FileControl(descriptor, Libc.FileControlGetSeals, 0) is var seals
            && (seals < 0 || (seals & Seals) != Seals)) return null;
        var capacity = CapacityOf(RandomAccess.GetLength(descriptor));
        if (capacity == 0) return null;
        var address = Map(descriptor, capacity);
        if (IsSound(address, capacity)) return new LinuxSection(address, capacity);
        Libc.Unmap(address, (nuint)MappedBytes(capacity));
        return null;
    }

    public override void Sleep(uint* flag, uint value, int timeoutMs) => Futex.Wait(flag, value, timeoutMs);

    public override void Wake(uint* flag) => Futex.Wake(flag);

    protected override void GiveBack(byte* address) => Libc.Map(
        address, (nuint)MappedBytes(Capacity), Libc.MapRead | Libc.MapWrite,
        Libc.MapPrivate | Libc.MapAnonymous | Libc.MapFixed | Libc.MapNoReserve, -1, 0);

    protected override void Unmap(byte* address) => Libc.Unmap(address, (nuint)MappedBytes(Capacity));

    private static byte* Map(SafeFileHandle descriptor, int capacity)
    {
        var bytes = (nuint)MappedBytes(capacity);
        var address = Libc.Map(
            null, bytes, Libc.MapNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if ((nint)address == -1) throw Failed();
        var file = (int)descriptor.DangerousGetHandle();
        const int Access = Libc.MapRead | Libc.MapWrite;
        const int Flags = Libc.MapShared | Libc.MapFixed;
        var isMapped = Libc.Map(address, SectionLayout.DataOffset, Access, Flags, file, 0) == address;
        for (var i = 0; i < 4 && isMapped; i++)
        {
            // First ring, the same again, second ring, the same again.
            var at = address + SectionLayout.DataOffset + (long)i * capacity;
            var offset = SectionLayout.DataOffset + (long)(i / 2) * capacity;
            isMapped = Libc.Map(at, (nuint)capacity, Access, Flags, file, offset) == at;
        }

        if (isMapped) return address;
        var failed = Failed();
        Libc.Unmap(address, bytes);
        throw failed;
    }

    private static ConnectionException Failed() =>
        SocketErrors.System(Marshal.GetLastPInvokeError(), "Shared memory could not be set up");
}
