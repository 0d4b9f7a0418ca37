using System.Runtime.Versioning;
using Culvert.Transports.Links;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>A stream of Windows that can only be waited for, served by a thread of its own.</summary>
[SupportedOSPlatform("windows")]
internal abstract class BlockingLink : ByteLink
{
    /// <summary>Most bytes of one call of the system.</summary>
    protected const int BytesMax = 64 * 1024;

    private readonly BlockingThread _thread;

    protected BlockingLink(SafePipeHandle file, string threadName)
    {
        File = file;
        _thread = new BlockingThread(threadName, Run);
    }

    /// <summary>Closed by the thread when it ends.</summary>
    protected SafePipeHandle File { get; }

    /// <summary>Guards what the thread shares with whoever receives or sends.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>The thread has something to do.</summary>
    protected SemaphoreSlim Due { get; } = new(0);

    protected byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(BytesMax, pinned: true);

    protected ILinkEvents? Events { get; private set; }

    protected bool IsStopping => _thread.IsStopping;

    public override void Start(ILinkEvents events)
    {
        Events = events;
        _thread.Start();
    }

    public override void Close()
    {
        _thread.Stop();
        Due.Release();
    }

    public override void Abort() => Close();

    /// <summary>Serves the stream until it ends or <see cref="IsStopping"/>; on the thread.</summary>
    protected abstract void Work();

    private void Run()
    {
        Work();
        File.Dispose();
    }
}
