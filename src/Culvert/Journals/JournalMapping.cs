using System.Runtime.InteropServices;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>A journal mapped into the program that writes it: the header, then the ring twice in a row, so that every
/// frame lies in one piece. Unmapped when nobody knows it any more, since a thread may be in the middle of a
/// frame.</summary>
internal sealed unsafe class JournalMapping
{
    private readonly nuint _bytes;

    private JournalMapping(byte* address, int capacity, nuint bytes)
    {
        Address = address;
        (Capacity, _bytes) = (capacity, bytes);
    }

    ~JournalMapping() => Libc.Unmap(Address, _bytes);

    public byte* Address { get; }

    public int Capacity { get; }

    public byte* Data => Address + JournalLayout.DataOffset;

    /// <param name="file">At its full size.</param>
    /// <param name="capacity">Bytes of the ring.</param>
    /// <param name="makesPages">Whether all pages are made now.</param>
    public static JournalMapping Create(SafeFileHandle file, int capacity, bool makesPages)
    {
        var bytes = (nuint)(JournalLayout.DataOffset + 2L * capacity);
        var address = Libc.Map(
            null, bytes, Libc.MapNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if ((nint)address == -1) throw Failed();
        var descriptor = (int)file.DangerousGetHandle();
        const int Access = Libc.MapRead | Libc.MapWrite;
        var flags = Libc.MapShared | Libc.MapFixed | (makesPages ? Libc.MapPopulate : 0);
        var first = (nuint)JournalLayout.FileBytes(capacity);
        var isMapped = Libc.Map(address, first, Access, flags, descriptor, 0) == address
            && Libc.Map(address + first, (nuint)capacity, Access, flags, descriptor, JournalLayout.DataOffset)
                == address + first;
        if (isMapped) return new JournalMapping(address, capacity, bytes);
        var failed = Failed();
        Libc.Unmap(address, bytes);
        throw failed;
    }

    private static JournalException Failed() =>
        new($"A journal could not be mapped: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
