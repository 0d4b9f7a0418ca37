using System.Runtime.Versioning;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>A thread that waits in calls of the system and can be called back from them.</summary>
[SupportedOSPlatform("windows")]
internal sealed class BlockingThread(string name, Action work)
{
    private static readonly TimeSpan CancelEvery = TimeSpan.FromMilliseconds(10);
    private const int CancelsMax = 200;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SafeWaitHandle? _thread;
    private int _isStopping;

    public bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    public void Start() => new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();

    /// <summary>Lets the thread end as soon as it can; returns at once. Idempotent.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) == 0) _ = CallBackAsync();
    }

    private void Run()
    {
        Volatile.Write(
            ref _thread, Kernel32.OpenThread(Kernel32.ThreadTerminate, false, Kernel32.GetCurrentThreadId()));
        work();
        _ended.TrySetResult();
    }

    /// <summary>A call can only be called back while it lasts, and the thread may be just before it: so time and
    /// again.</summary>
    private async Task CallBackAsync()
    {
        for (var i = 0; i < CancelsMax && !_ended.Task.IsCompleted; i++)
        {
            if (Volatile.Read(ref _thread) is { } thread) Kernel32.CancelSynchronousIo(thread);
            await Task.WhenAny(_ended.Task, Task.Delay(CancelEvery)).ConfigureAwait(false);
        }

        if (_ended.Task.IsCompleted) _thread?.Dispose();
    }
}
