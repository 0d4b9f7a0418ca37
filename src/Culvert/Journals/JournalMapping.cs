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

    public static JournalMapping Create(SafeFileHandle file, int capacity)
    {
        var bytes = (nuint)(JournalLayout.DataOffset + 2L * capacity);
        var address = Libc.Map(
            null, bytes, Libc.MapNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if ((nint)address == -1) throw Failed();
        var descriptor = (int)file.DangerousGetHandle();
        const int Access = Libc.MapRead | Libc.MapWrite;

        // The pages are made now: met one by one they would cost a log call half a microsecond each.
        const int Flags = Libc.MapShared | Libc.MapFixed | Libc.MapPopulate;
        var first = (nuint)JournalLayout.FileBytes(capacity);
        var isMapped = Libc.Map(address, first, Access, Flags, descriptor, 0) == address
            && Libc.Map(address + first, (nuint)capacity, Access, Flags, descriptor, JournalLayout.DataOffset)
                == address + first;
        if (isMapped) return new JournalMapping(address, capacity, bytes);
        var failed = Failed();
        Libc.Unmap(address, bytes);
        throw failed;
    }

    private static JournalException Failed() =>
        new($"A journal could not be mapped: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
