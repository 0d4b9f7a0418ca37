using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Cli.Services;

/// <summary>The service manager of this Windows. A process has one service, so what the system calls back is
/// static.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class SystemServiceControl : IServiceControl
{
    /// <summary>The source in the event log. It is that of deploy/windows/install.ps1.</summary>
    private const string Source = "Culvert";

    /// <summary>An id for which EventCreate.exe has the text "%1" (ids 1 to 1000).</summary>
    private const uint EventId = 1;

    private const ushort EventError = 1;
    private const string Library = "advapi32.dll";

    private static Action? _main;
    private static Func<uint, int>? _onControl;
    private nint _handle;

    public int Dispatch(Action main)
    {
        _main = main;

        // A process with one service of its own needs no name here (SERVICE_TABLE_ENTRY).
        fixed (char* name = "")
        {
            var table = stackalloc ServiceTableEntry[2];
            table[0] = new ServiceTableEntry { Name = name, Main = &OnMain };
            table[1] = default;
            return StartServiceCtrlDispatcher(table) ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    public int Register(Func<uint, int> onControl)
    {
        _onControl = onControl;
        _handle = RegisterServiceCtrlHandlerEx("", &OnControl, 0);
        return _handle != 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    public int SetStatus(in ServiceStatus status)
    {
        fixed (ServiceStatus* pointer = &status)
        {
            return SetServiceStatus(_handle, pointer) ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    public void Report(string text)
    {
        var source = RegisterEventSource(null, Source);
        if (source == 0) return;
        fixed (char* first = text)
        {
            var texts = stackalloc char*[1];
            texts[0] = first;
            ReportEvent(source, EventError, 0, EventId, 0, 1, 0, texts, null);
        }

        DeregisterEventSource(source);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnMain(uint count, char** arguments) => _main!();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static uint OnControl(uint control, uint kind, void* data, nint context) => (uint)_onControl!(control);

    [LibraryImport(Library, EntryPoint = "StartServiceCtrlDispatcherW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool StartServiceCtrlDispatcher(ServiceTableEntry* table);

    [LibraryImport(Library, EntryPoint = "RegisterServiceCtrlHandlerExW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint RegisterServiceCtrlHandlerEx(
        string name, delegate* unmanaged[Stdcall]<uint, uint, void*, nint, uint> handler, nint context);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetServiceStatus(nint service, ServiceStatus* status);

    [LibraryImport(Library, EntryPoint = "RegisterEventSourceW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint RegisterEventSource(string? server, string source);

    [LibraryImport(Library, EntryPoint = "ReportEventW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ReportEvent(
        nint source, ushort type, ushort category, uint eventId, nint user, ushort textCount, uint dataBytes,
        char** texts, void* data);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeregisterEventSource(nint source);

    [StructLayout(LayoutKind.Sequential)]
    private struct ServiceTableEntry
    {
        public char* Name;
        public delegate* unmanaged[Stdcall]<uint, char**, void> Main;
    }
}
