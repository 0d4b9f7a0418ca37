using System.ComponentModel;
using System.Diagnostics;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.StandardStreams;

/// <summary>A process that this one has started: how it ends, and its being ended.</summary>
internal abstract class ChildProcess : IPeerFate, IDisposable
{
    private readonly TaskCompletionSource<ChildExit> _exited =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected ChildProcess(int id, string name) => (Id, Name) = (id, name);

    public int Id { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    public abstract Peer Peer { get; }

    protected string Name { get; }

    /// <summary>It has ended or is about to: no code of it runs any more.</summary>
    protected abstract bool IsEnding { get; }

    public void Ask(Action<CloseReason> answer)
    {
        if (!Exited.IsCompleted && !IsEnding)
        {
            answer(default);
            return;
        }

        // It comes within moments.
        Exited.ContinueWith(
            exited => answer(ReasonOf(exited.Result)), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Ends the process, if it has not ended, and perhaps those that it started.</summary>
    public void Kill(bool tree)
    {
        if (!tree || !TryKillTree()) Kill();
    }

    public abstract void Dispose();

    /// <summary>Ends the process alone. Does nothing when it has ended: its number may be another's.</summary>
    protected abstract void Kill();

    protected void OnExited(ChildExit exit) => _exited.TrySetResult(exit);

    private CloseReason ReasonOf(ChildExit exit) => new(
        exit.IsSuccess ? CloseKind.PeerClosed : CloseKind.PeerDied, $"The child process {Id} ({Name}) {exit}.");

    private bool TryKillTree()
    {
        if (Exited.IsCompleted) return false;
        try
        {
            using var process = Process.GetProcessById(Id);
            process.Kill(entireProcessTree: true);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception
            or AggregateException or NotSupportedException)
        {
            return false; // Some of the others could not be ended; the child itself can.
        }
    }
}
