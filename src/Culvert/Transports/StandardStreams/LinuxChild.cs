using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.Linux;

namespace Culvert.Transports.StandardStreams;

/// <summary>A child on Linux: started by posix_spawn, watched by its process descriptor.</summary>
internal sealed unsafe class LinuxChild : ChildProcess, IReactorTarget
{
    // Guards the process's number: nobody may kill it after it was reaped.
    private readonly Lock _gate = new();
    private readonly DescriptorHandle _descriptor;
    private readonly long _token;
    private bool _isDisposed;

    private LinuxChild(int id, string name)
        : base(id, name)
    {
        Peer = PeerLookup.OfProcess(id);
        var descriptor = Libc.OpenPidDescriptor(id);
        if (descriptor < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            Libc.Kill(id, Libc.SignalKill);
            Libc.Wait(1, id, null, Libc.WaitExited);
            throw SocketErrors.System(errno, "A child cannot be watched; this takes Linux 5.4 or later");
        }

        Libc.Control(descriptor, Libc.FcntlSetDescriptorFlags, Libc.DescriptorCloseOnExec);
        _descriptor = new DescriptorHandle(descriptor);
        lock (_gate) _token = Reactor.Shared.Add(_descriptor, this, EpollEvents.Readable);
    }

    public override Peer Peer { get; }

    protected override bool IsEnding => ProcessState.IsEnding(Id);

    /// <summary>Starts the program with these three descriptors as its standard streams; no error stream means this
    /// process's own.</summary>
    public static LinuxChild Start(
        ChildOptions options, DescriptorHandle input, DescriptorHandle output, DescriptorHandle? error)
    {
        var path = ProgramPath.Find(options);
        using var arguments = new NativeStrings([options.FileName, .. options.Arguments]);
        using var environment = new NativeStrings(
            ChildEnvironment.Of(options).Select(pair => $"{pair.Key}={pair.Value}"));
        using var places = new NativeStrings([path, options.WorkingFolder ?? ""]);
        var actions = stackalloc byte[Libc.SpawnStructBytes];
        var attributes = stackalloc byte[Libc.SpawnStructBytes];
        Libc.InitFileActions(actions);
        Libc.InitSpawnAttributes(attributes);
        try
        {
            Libc.AddDuplicate(actions, input.Number, 0);
            Libc.AddDuplicate(actions, output.Number, 1);
            if (error is not null) Libc.AddDuplicate(actions, error.Number, 2);
            foreach (var pair in options.Pipes) pair.Lend(end => AddInherited((nint)actions, end));
            if (options.WorkingFolder is not null) Libc.AddChangeFolder(actions, places.Pointer[1]);
            ResetSignals(attributes);
            int id;
            var errno = Libc.Spawn(
                &id, places.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
            if (errno != 0) throw ChildErrors.Start(errno, path, options);
            return new LinuxChild(id, Path.GetFileName(path));
        }
        finally
        {
            Libc.DestroyFileActions(actions);
            Libc.DestroySpawnAttributes(attributes);
        }
    }

    /// <summary>The process descriptor is readable: it has ended.</summary>
    public void OnEvents(EpollEvents events)
    {
        var info = stackalloc byte[Libc.SignalInfoBytes];
        new Span<byte>(info, Libc.SignalInfoBytes).Clear();
        lock (_gate)
        {
            if (Exited.IsCompleted || _descriptor.IsClosed) return;
            const int Options = Libc.WaitExited | Libc.WaitNoHang;
            var result = Libc.Wait(Libc.WaitByPidDescriptor, _descriptor.Number, info, Options);
            if (result == 0 && *(int*)(info + Libc.SignalInfoProcessOffset) == 0) return; // Not yet.
            var status = *(int*)(info + Libc.SignalInfoStatusOffset);
            var isSignal = *(int*)(info + Libc.SignalInfoCodeOffset) != Libc.ChildExitedCode;

            // Somebody else has reaped it, who waits for every child of this process: how it ended is lost.
            if (result != 0) OnExited(new ChildExit(-1, null));
            else OnExited(isSignal ? new ChildExit(128 + status, status) : new ChildExit(status, null));
            Release();
        }
    }

    /// <summary>One that still lives stays watched, and is reaped when it ends.</summary>
    public override void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Release();
        }
    }

    protected override void Kill()
    {
        lock (_gate)
        {
            if (!Exited.IsCompleted) Libc.Kill(Id, Libc.SignalKill);
        }
    }

    /// <summary>Under the gate: gives the descriptor back when nobody needs it any more.</summary>
    private void Release()
    {
        if (!_isDisposed || !Exited.IsCompleted || _descriptor.IsClosed) return;
        Reactor.Shared.Remove(_descriptor, _token);
        _descriptor.Dispose();
    }

    private static void AddInherited(nint actions, InheritedEnd end)
    {
        foreach (var number in ((DescriptorEnd)end).Numbers) Libc.AddDuplicate((byte*)actions, number, number);
    }

    /// <summary>What this process ignores (SIGPIPE, by its runtime) or holds back is no affair of the
    /// child's.</summary>
    private static void ResetSignals(byte* attributes)
    {
        var signals = stackalloc byte[Libc.SpawnStructBytes];
        Libc.ClearSignals(signals);
        Libc.SetSpawnSignalMask(attributes, signals);
        Libc.FillSignals(signals);
        Libc.SetSpawnSignalDefaults(attributes, signals);
        Libc.SetSpawnFlags(attributes, Libc.SpawnSetSignalMask | Libc.SpawnSetSignalDefaults);
    }
}
