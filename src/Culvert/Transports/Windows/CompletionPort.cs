using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>
/// The threads on which overlapped I/O completes, and on which the code that waited for it goes on: no change of thread
/// between the kernel and the user. The kernel runs as many of them as there are processors, and lets another go on
/// where one blocks; here only care is taken that another is there.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class CompletionPort
{
    private const uint Infinite = uint.MaxValue;

    private readonly nint _port;
    private readonly int _threadsBase = Environment.ProcessorCount + 1;
    private int _threads;
    private int _waiting;

    private CompletionPort()
    {
        _port = Kernel32.CreateIoCompletionPort(-1, 0, 0, (uint)Environment.ProcessorCount);
        if (_port == 0) throw new System.ComponentModel.Win32Exception();
        for (var i = 0; i < _threadsBase; i++) AddThread();
    }

    /// <summary>The one of this process; its threads live as long as that.</summary>
    public static CompletionPort Shared { get; } = new();

    /// <summary>How many there are now.</summary>
    public int Threads => Volatile.Read(ref _threads);

    /// <summary>From now on what completes on the file is told here.</summary>
    public void Add(SafePipeHandle file)
    {
        if (Kernel32.AddToCompletionPort(file, _port, 0, 0) == 0) throw new System.ComponentModel.Win32Exception();
    }

    private void AddThread()
    {
        Interlocked.Increment(ref _threads);
        Interlocked.Increment(ref _waiting);
        new Thread(Work) { IsBackground = true, Name = "Culvert completions" }.UnsafeStart();
    }

    private void Work()
    {
        while (true)
        {
            uint bytes;
            nuint key;
            NativeOverlapped* overlapped = null;
            var isMore = Volatile.Read(ref _threads) > _threadsBase;
            var done = Kernel32.GetQueuedCompletionStatus(
                _port, &bytes, &key, &overlapped, isMore ? EventThreadLimits.IdleMs : Infinite);
            var error = done ? 0 : Marshal.GetLastPInvokeError();
            if (overlapped is null)
            {
                if (TryLeave()) return;
                continue;
            }

            // Whoever leaves nobody waiting finds a successor, since what runs now may block.
            if (Interlocked.Decrement(ref _waiting) == 0
                && Volatile.Read(ref _threads) < EventThreadLimits.ThreadsMax) AddThread();
            IoOperation.Of(overlapped).Complete(error, (int)bytes);
            Interlocked.Increment(ref _waiting);
        }
    }

    /// <summary>Nothing came for long: whether this thread is one too many. Those that stay are never fewer than the
    /// base, also when many find this out at the same moment.</summary>
    private bool TryLeave()
    {
        for (var threads = Volatile.Read(ref _threads); threads > _threadsBase; threads = Volatile.Read(ref _threads))
        {
            if (Interlocked.CompareExchange(ref _threads, threads - 1, threads) != threads) continue;
            Interlocked.Decrement(ref _waiting);
            return true;
        }

        return false;
    }
}
