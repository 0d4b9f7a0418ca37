using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Cli.Bench.Transports;

/// <summary>
/// The same by WM_COPYDATA and nothing else: one thread and one hidden window in each of two processes, SendMessage,
/// and an answer that is sent from inside the procedure. No time limit, no identity, no order beyond the system's.
/// </summary>
internal static unsafe class BareCopyData
{
    public const string CommandName = "copydata-bare-peer";

    private const string ClassName = "Culvert.Bench.Bare";

    private static byte[] _received = [];
    private static int _receivedLength;
    private static long _count;
    private static bool _answers;

    public static Command Create()
    {
        var size = new Argument<int>("size");
        var answers = new Argument<bool>("answers");
        var command = new Command(CommandName, "The second process of the bare WM_COPYDATA loop.") { size, answers };
        command.Hidden = true;
        command.SetAction(result =>
        {
            if (!OperatingSystem.IsWindows()) return ExitCode.Failed;
            Serve(result.GetValue(size), result.GetValue(answers));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>This process's window takes messages of this size from here on.</summary>
    public static void Expect(int size) => _received = new byte[size];

    [SupportedOSPlatform("windows")]
    private static void Serve(int size, bool answers)
    {
        _received = new byte[size];
        _answers = answers;
        Console.Out.WriteLine(Open().ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
        new Thread(() =>
        {
            // The parent holds the other end: when it ends, so does this process.
            Console.In.ReadLine();
            Environment.Exit(ExitCode.Done);
        }) { IsBackground = true }.Start();
        User32.Message message;
        while (User32.GetMessage(&message, 0, 0, 0) > 0) User32.DispatchMessage(&message);
    }

    [SupportedOSPlatform("windows")]
    public static nint Open()
    {
        fixed (char* name = ClassName)
        {
            var windowClass = new User32.WindowClass
            {
                Size = (uint)sizeof(User32.WindowClass),
                Procedure = &OnMessage,
                Instance = Kernel32.GetModuleHandle(null),
                ClassName = name,
            };
            _ = User32.RegisterClass(&windowClass); // Fails when a measurement before has done it.
        }

        var window = User32.CreateWindow(
            0, ClassName, null, 0, 0, 0, 0, 0, User32.MessageOnly, 0, Kernel32.GetModuleHandle(null), 0);
        return window != 0 ? window : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [SupportedOSPlatform("windows")]
    [UnmanagedCallersOnly]
    private static nint OnMessage(nint window, uint message, nint wParam, nint lParam)
    {
        if (message != User32.MessageCopyData) return User32.DefaultProcedure(window, message, wParam, lParam);
        var data = (User32.CopyData*)lParam;
        if (data->Length > _received.Length) return 0;
        new ReadOnlySpan<byte>(data->Bytes, (int)data->Length).CopyTo(_received);
        _receivedLength = (int)data->Length;
        if (_answers) Send(wParam, window, _received);
        return (nint)(++_count);
    }

    [SupportedOSPlatform("windows")]
    public static nint Send(nint window, nint sender, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            var data = new User32.CopyData { Tag = 1, Length = (uint)bytes.Length, Bytes = pointer };
            return User32.SendMessage(window, User32.MessageCopyData, sender, (nint)(&data));
        }
    }

    /// <summary>What came last and was not taken yet, to this process's window.</summary>
    public static ReadOnlySpan<byte> TakeReceived()
    {
        var length = _receivedLength;
        _receivedLength = 0;
        return _received.AsSpan(0, length);
    }
}
