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
        if (!Advapi32.OpenProcessToken(handle, Advapi32.TokenQuery, out var token)) return;
        using (token)
        using (var identity = new WindowsIdentity(token.DangerousGetHandle()))
        {
            User = identity.User;
            Groups = identity.Groups;
            Peer = Peer with { UserName = NameOf(identity.User) };
        }
    }

    public int Id { get; }

    /// <summary>This process may take over a handle of that one.</summary>
    public bool CanDuplicate { get; }

    public Peer Peer { get; }

    public SecurityIdentifier? User { get; }

    public IdentityReferenceCollection? Groups { get; }

    /// <summary>Opens a process, or returns null when it is gone or out of reach.</summary>
    public static PeerProcess? TryOpen(int processId)
    {
        if (processId == 0) return null;
        const uint Least = Kernel32.ProcessQueryLimited | Kernel32.Synchronize;
        var handle = Kernel32.OpenProcess(Least | Kernel32.ProcessDuplicateHandle, false, (uint)processId);
        var canDuplicate = !handle.IsInvalid;
        if (!canDuplicate)
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

    public void Dispose()
    {
        _watch?.Unregister(null);
        _wait?.Dispose();
        _handle.Dispose();
    }

    private static unsafe string? PathOf(SafeProcessHandle handle)
    {
        var buffer = new char[PathLengthMax];
        var length = (uint)buffer.Length;
        fixed (char* name = buffer)
        {
            var isKnown = Kernel32.QueryFullProcessImageName(handle, 0, name, &length);
            return isKnown ? new string(name, 0, (int)length) : null;
        }
    }

    /// <summary>The name without its domain, as Environment.UserName has it.</summary>
    private static string? NameOf(SecurityIdentifier? user)
    {
        try
        {
            var name = user?.Translate(typeof(NTAccount)).Value;
            return name?[(name.IndexOf('\\', StringComparison.Ordinal) + 1)..];
        }
        catch (SystemException)
        {
            return null; // A user whom this machine cannot name now.
        }
    }

    /// <summary>Lets the process be waited for without owning its handle.</summary>
    private sealed class ProcessWait : WaitHandle
    {
        public ProcessWait(SafeProcessHandle handle) =>
            SafeWaitHandle = new SafeWaitHandle(handle.DangerousGetHandle(), ownsHandle: false);
    }
}
