using System.Runtime.InteropServices;

namespace Culvert.Transports.Linux;

/// <summary>Sleeping on a word of memory that processes share (futex(2)).</summary>
internal static unsafe class Futex
{
    private const int OperationWait = 0;
    private const int OperationWake = 1;

    private static readonly nint Number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    /// <summary>Sleeps while the word has this value, no longer than so long. It may end for no reason.</summary>
    public static void Wait(uint* word, uint value, int timeoutMs)
    {
        var timeout = new Libc.TimeSpec { Seconds = timeoutMs / 1000, Nanoseconds = timeoutMs % 1000 * 1_000_000L };
        Libc.Futex(Number, word, OperationWait, value, &timeout, null, 0);
    }

    /// <summary>Wakes one thread that sleeps on the word.</summary>
    public static void Wake(uint* word) => Libc.Futex(Number, word, OperationWake, 1, null, null, 0);
}
