using System.Runtime.InteropServices;

namespace Culvert.Transports.Linux;

/// <summary>A pipe of the system (pipe(7)), whose two ends no child inherits unless it is told to.</summary>
internal static unsafe class AnonymousPipe
{
    // 0 to 2 are the standard streams, which a child's own would be put over.
    private const int NumberMin = 3;

    public static (DescriptorHandle Read, DescriptorHandle Write) Create()
    {
        var numbers = stackalloc int[2];
        if (Libc.Pipe(numbers, Libc.OpenCloseOnExec) != 0)
        {
            throw SocketErrors.System(Marshal.GetLastPInvokeError(), "A pipe could not be created");
        }

        return (AboveStandard(numbers[0]), AboveStandard(numbers[1]));
    }

    /// <summary>Calls on this end never wait from here on. So it is for everybody who shares the end.</summary>
    public static void SetNonBlocking(DescriptorHandle end)
    {
        var flags = Libc.Control(end.Number, Libc.FcntlGetStatusFlags, 0);
        Libc.Control(end.Number, Libc.FcntlSetStatusFlags, flags | Libc.OpenNonBlocking);
    }

    /// <summary>Whether every child that is started from here on inherits the end.</summary>
    public static void SetInherited(DescriptorHandle end, bool isInherited) => Libc.Control(
        end.Number, Libc.FcntlSetDescriptorFlags, isInherited ? 0 : Libc.DescriptorCloseOnExec);

    private static DescriptorHandle AboveStandard(int number)
    {
        if (number >= NumberMin) return new DescriptorHandle(number);
        var moved = Libc.Control(number, Libc.FcntlDuplicateCloseOnExec, NumberMin);
        var errno = Marshal.GetLastPInvokeError();
        Libc.Close(number);
        return moved >= 0
            ? new DescriptorHandle(moved)
            : throw SocketErrors.System(errno, "A pipe could not be created");
    }
}
