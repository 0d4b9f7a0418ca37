using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;
using Culvert.Connections;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Another process, held open: its number is given to no other while this lives, and its end is told by the
/// system.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PeerProcess : IDisposable
{
    private const int PathLengthMax = 32 * 1024;

    private readonly SafeProcessHandle _handle;
    private RegisteredWaitHandle? _watch;
    private ProcessWait? _wait;

    private PeerProcess(SafeProcessHandle handle, int processId, bool canDuplicate)
    {
        _handle = handle;
        Id = processId;
        CanDuplicate = canDuplicate;
        Peer = new Peer { ProcessId = processId, ExecutablePath = PathOf(handle), IsLocal = true };
        Identity = TokenIdentity.Of(handle);
        if (Identity is not null) Peer = Identity.Describe(Peer);
    }

    public int Id { get; }

    /// <summary>This process may take over a handle of that one, and give it one.</summary>
    public bool CanDuplicate { get; }

    public Peer Peer { get; }

    /// <summary>The process's user, or null when this process may not know it, or has forgotten it.</summary>
    public TokenIdentity? Identity { get; private set; }

    public SecurityIdentifier? User => Identity?.User;

    /// <summary>It has ended; the system says so before it closes the process's handles.</summary>
    public bool HasExited =>
        Kernel32.GetExitCodeProcess(_handle, out var code) && code != Kernel32.StillActive;

    /// <summary>Opens a process, or returns null when it is gone or out of reach. Only who takes over or gives
    /// handles asks for that right.</summary>
    public static PeerProcess? TryOpen(int processId, bool duplicates = false)
    {
        if (processId == 0) return null;
        const uint Least = Kernel32.ProcessQueryLimited | Kernel32.Synchronize;
        var access = duplicates ? Least | Kernel32.ProcessDuplicateHandle : Least;
        var handle = Kernel32.OpenProcess(access, false, (uint)processId);
        var canDuplicate = duplicates && !handle.IsInvalid;
        if (duplicates && !canDuplicate)
        {
            handle.Dispose();
            handle = Kernel32.OpenProcess(Least, false, (uint)processId);
        }

        if (!handle.IsInvalid) return new PeerProcess(handle, processId, canDuplicate);
        handle.Dispose();
        return null;
    }

    /// <summary>Calls once, on the thread pool, when the process has ended, or at once when it has already.</summary>
    public void OnExit(Action<PeerProcess> action)
    {
        _wait = new ProcessWait(_handle);
        _watch = ThreadPool.RegisterWaitForSingleObject(
            _wait, (_, _) => action(this), null, Timeout.Infinite, executeOnlyOnce: true);
    }

    /// <summary>Who may connect is decided: the user's groups, some kilobytes, are needed no more.</summary>
    public void ForgetIdentity() => Identity = null;

    /// <summary>Takes over a handle of that process, with these rights; null when it may not or there is
    /// none.</summary>
    public SafeFileHandle? TryDuplicate(nint handle, uint access)
    {
        if (!CanDuplicate) return null;
        var done = Kernel32.DuplicateHandle(
            _handle, handle, Kernel32.GetCurrentProcess(), out var mine, access, inherit: false, 0);
        if (done) return mine;
        mine.Dispose();
        return null;
    }

    /// <summary>Gives that process a handle of its own to what this one has, with the same rights; 0 when it may
    /// not.</summary>
    public unsafe nint Give(SafeHandle mine)
    {
        nint theirs = 0;
        var isGiven = CanDuplicate && Kernel32.DuplicateInto(
            Kernel32.GetCurrentProcess(), mine.DangerousGetHandle(), _handle, &theirs, 0, inherit: false,
            Kernel32.DuplicateSameAccess);
        GC.KeepAlive(mine);
        return isGiven ? theirs : 0;
    }

    public void Dispose()
    {
        _watch?.Unregister(null);
        _wait?.Dispose();
        _handle.Dispose();
    }

    private static unsafe string? PathOf(SafeProcessHandle handle)
    {
        var buffer = ArrayPool<char>.Shared.Rent(PathLengthMax);
        var length = (uint)buffer.Length;
        fixed (char* name = buffer)
        {
            var isKnown = Kernel32.QueryFullProcessImageName(handle, 0, name, &length);
            var path = isKnown ? new string(name, 0, (int)length) : null;
            ArrayPool<char>.Shared.Return(buffer);
            return path;
        }
    }

    /// <summary>Lets the process be waited for without owning its handle.</summary>
    private sealed class ProcessWait : WaitHandle
    {
        public ProcessWait(SafeProcessHandle handle) =>
            SafeWaitHandle = new SafeWaitHandle(handle.DangerousGetHandle(), ownsHandle: false);
    }
}
