using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>A child on Windows: started by CreateProcess with a list of the handles that it inherits.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsChild : ChildProcess
{
    // What a shell of Unix calls an end by SIGKILL.
    private const uint KilledCode = 137;

    // A handle can be on such a list only while it may be inherited. Two starts at a time would each have the other's
    // among what may be; a start by other means in the meantime takes them with it.
    private static readonly Lock StartGate = new();

    private readonly SafeProcessHandle _handle;
    private readonly PeerProcess? _process;

    private WindowsChild(SafeProcessHandle handle, int id, string name)
        : base(id, name)
    {
        _handle = handle;
        _process = PeerProcess.TryOpen(id);
        if (_process is not null) _process.OnExit(_ => OnExited());
        else OnExited();
    }

    public override Peer Peer => _process?.Peer ?? new Peer { ProcessId = Id, IsLocal = true };

    protected override bool IsEnding => _process is not { HasExited: false };

    /// <summary>Starts the program with these three handles as its standard streams; no error stream means this
    /// process's own.</summary>
    public static WindowsChild Start(
        ChildOptions options, SafePipeHandle input, SafePipeHandle output, SafePipeHandle? error)
    {
        if (Path.GetExtension(options.FileName).ToUpperInvariant() is ".BAT" or ".CMD")
            throw ChildErrors.IsBatch(options.FileName);
        lock (StartGate)
        {
            var handles = new List<nint> { input.DangerousGetHandle(), output.DangerousGetHandle() };
            var errorHandle = error?.DangerousGetHandle() ?? Kernel32.GetStdHandle(Kernel32.StandardError);
            if (errorHandle is not (0 or -1)) handles.Add(errorHandle);
            foreach (var pair in options.Pipes) pair.Lend(end => handles.Add(((HandleEnd)end).Value));
            var wereInherited = handles.ConvertAll(IsInherited);
            try
            {
                foreach (var handle in handles) SetInherited(handle, true);
                return Start(options, [.. handles.Distinct()], handles[0], handles[1], errorHandle);
            }
            finally
            {
                for (var i = 0; i < handles.Count; i++) SetInherited(handles[i], wereInherited[i]);
            }
        }
    }

    public override void Dispose()
    {
        _process?.Dispose();
        _handle.Dispose();
    }

    protected override void Kill()
    {
        // The handle keeps the number the child's own.
        if (!_handle.IsClosed) Kernel32.TerminateProcess(_handle, KilledCode);
    }

    private static WindowsChild Start(ChildOptions options, nint[] inherited, nint input, nint output, nint error)
    {
        var commandLine = CommandLine.Of(options);
        nuint bytes = 0;
        Kernel32.InitializeProcThreadAttributeList(0, 1, 0, &bytes);
        var attributes = (nint)NativeMemory.Alloc(bytes);
        Kernel32.ProcessInformation started;
        fixed (nint* list = inherited)
        fixed (char* command = commandLine)
        fixed (char* environment = ChildEnvironment.Block(options))
        {
            Kernel32.InitializeProcThreadAttributeList(attributes, 1, 0, &bytes);
            Kernel32.UpdateProcThreadAttribute(
                attributes, 0, Kernel32.AttributeHandleList, list, (nuint)(inherited.Length * sizeof(nint)), 0, 0);
            var startup = new Kernel32.StartupInfoEx
            {
                Bytes = (uint)sizeof(Kernel32.StartupInfoEx), Flags = Kernel32.StartUseStandardHandles,
                Input = input, Output = output, Error = error, Attributes = attributes,
            };
            const uint Flags = Kernel32.ExtendedStartupInfoPresent | Kernel32.CreateUnicodeEnvironment;

            // A program without a console would open a window for its child's.
            var console = Kernel32.GetConsoleCP() == 0 ? Kernel32.DetachedProcess : 0;
            var isStarted = Kernel32.CreateProcess(
                null, command, 0, 0, inherits: true, Flags | console, environment, options.WorkingFolder, &startup,
                &started);
            var code = isStarted ? 0 : Marshal.GetLastPInvokeError();
            Kernel32.DeleteProcThreadAttributeList(attributes);
            NativeMemory.Free((void*)attributes);
            if (code != 0) throw ChildErrors.StartOnWindows(code, options);
        }

        Kernel32.CloseHandle(started.Thread);
        return new WindowsChild(
            new SafeProcessHandle(started.Process, ownsHandle: true), (int)started.ProcessId,
            Path.GetFileName(options.FileName));
    }

    private static bool IsInherited(nint handle) =>
        Kernel32.GetHandleInformation(handle, out var flags) && (flags & Kernel32.HandleFlagInherit) != 0;

    private static void SetInherited(nint handle, bool isInherited) => Kernel32.SetHandleInformation(
        handle, Kernel32.HandleFlagInherit, isInherited ? Kernel32.HandleFlagInherit : 0);

    private void OnExited()
    {
        var isKnown = Kernel32.GetExitCodeProcess(_handle, out var code);
        OnExited(new ChildExit(isKnown ? (int)code : -1, null));
    }
}
