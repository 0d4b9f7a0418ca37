using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>The system's windows and messages. Names, numbers and meanings are those of winuser.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class User32
{
    public const uint MessageQuit = 0x0012;
    public const uint MessageCopyData = 0x004A;
    public const uint MessageClipboardUpdate = 0x031D;
    public const uint MessageApp = 0x8000;

    /// <summary>SMTO_BLOCK: the calling thread, which may be a user interface, handles no message meanwhile.</summary>
    public const uint TimeoutBlock = 0x1;

    /// <summary>SMTO_ABORTIFHUNG: returns at once when the receiver has not looked at its messages for long.</summary>
    public const uint TimeoutAbortIfHung = 0x2;

    /// <summary>SMTO_ERRORONEXIT: fails at once when the receiver ends meanwhile.</summary>
    public const uint TimeoutErrorOnExit = 0x20;

    /// <summary>MSGFLT_ALLOW.</summary>
    public const uint FilterAllow = 1;

    private const string Library = "user32.dll";

    /// <summary>HWND_MESSAGE: the parent of windows that only receive messages.</summary>
    public static readonly nint MessageOnly = -3;

    [LibraryImport(Library, EntryPoint = "RegisterClassExW", SetLastError = true)]
    public static partial ushort RegisterClass(WindowClass* windowClass);

    [LibraryImport(
        Library, EntryPoint = "CreateWindowExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateWindow(
        uint extendedStyle, string className, string? title, uint style, int x, int y, int width, int height,
        nint parent, nint menu, nint instance, nint parameter);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DestroyWindow(nint window);

    [LibraryImport(Library, EntryPoint = "DefWindowProcW")]
    public static partial nint DefaultProcedure(nint window, uint message, nint wParam, nint lParam);

    /// <summary>Waits for a posted message and handles the sent ones meanwhile. 0 for quit, -1 for an error.</summary>
    [LibraryImport(Library, EntryPoint = "GetMessageW", SetLastError = true)]
    public static partial int GetMessage(Message* message, nint window, uint first, uint last);

    [LibraryImport(Library, EntryPoint = "PeekMessageW")]
    public static partial int PeekMessage(Message* message, nint window, uint first, uint last, uint remove);

    [LibraryImport(Library, EntryPoint = "DispatchMessageW")]
    public static partial nint DispatchMessage(Message* message);

    [LibraryImport(Library, EntryPoint = "PostThreadMessageW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool PostThreadMessage(uint thread, uint message, nint wParam, nint lParam);

    /// <summary>Sends and waits for the answer, for ever if need be.</summary>
    [LibraryImport(Library, EntryPoint = "SendMessageW")]
    public static partial nint SendMessage(nint window, uint message, nint wParam, nint lParam);

    /// <summary>Sends and waits for the answer. 0 when there was none; the error says why.</summary>
    [LibraryImport(Library, EntryPoint = "SendMessageTimeoutW", SetLastError = true)]
    public static partial nint SendMessageTimeout(
        nint window, uint message, nint wParam, nint lParam, uint flags, uint timeoutMs, nint* answer);

    /// <summary>Sends and waits for no answer; the message is handled in order with those that are waited
    /// for.</summary>
    [LibraryImport(Library, EntryPoint = "SendNotifyMessageW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SendNotifyMessage(nint window, uint message, nint wParam, nint lParam);

    [LibraryImport(
        Library, EntryPoint = "FindWindowExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint FindWindow(nint parent, nint after, string? className, string? title);

    [LibraryImport(Library, SetLastError = true)]
    public static partial uint GetWindowThreadProcessId(nint window, uint* processId);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool IsWindow(nint window);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ChangeWindowMessageFilterEx(nint window, uint message, uint action, nint change);

    [LibraryImport(Library, EntryPoint = "RegisterClipboardFormatW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    public static partial uint RegisterClipboardFormat(string name);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool OpenClipboard(nint window);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CloseClipboard();

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool EmptyClipboard();

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint SetClipboardData(uint format, nint memory);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint GetClipboardData(uint format);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool IsClipboardFormatAvailable(uint format);

    [LibraryImport(Library)]
    public static partial nint GetClipboardOwner();

    [LibraryImport(Library)]
    public static partial uint GetClipboardSequenceNumber();

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool AddClipboardFormatListener(nint window);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool RemoveClipboardFormatListener(nint window);

    /// <summary>The process of a window, or 0 when there is no such window.</summary>
    public static int ProcessOf(nint window)
    {
        uint process = 0;
        return GetWindowThreadProcessId(window, &process) == 0 ? 0 : (int)process;
    }

    /// <summary>WNDCLASSEXW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowClass
    {
        public uint Size;
        public uint Style;
        public delegate* unmanaged<nint, uint, nint, nint, nint> Procedure;
        public int ClassExtra;
        public int WindowExtra;
        public nint Instance;
        public nint Icon;
        public nint Cursor;
        public nint Background;
        public char* MenuName;
        public char* ClassName;
        public nint SmallIcon;
    }

    /// <summary>MSG.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public nint Window;
        public uint Number;
        public nint WParam;
        public nint LParam;
        public uint Time;
        public int X;
        public int Y;
        public uint Private;
    }

    /// <summary>COPYDATASTRUCT.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CopyData
    {
        public nuint Tag;
        public uint Length;
        public byte* Bytes;
    }
}
