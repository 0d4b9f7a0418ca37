using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
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

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);

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

    /// <summary>Round trips: p50, p99 and p99.9 in microseconds. Stream: messages a second. Null when an answer was
    /// wrong.</summary>
    [SupportedOSPlatform("windows")]
    public static double[]? Measure(Process peer, string mode, int size, double seconds)
    {
        var peerWindow = nint.Parse(peer.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        double[]? figures = null;
        var thread = new Thread(() => figures = mode == "pingpong"
            ? PingPong(peerWindow, size, seconds)
            : Stream(peerWindow, size, seconds));
        thread.Start();
        thread.Join();
        return figures;
    }

    [SupportedOSPlatform("windows")]
    private static double[]? PingPong(nint peer, int size, double seconds)
    {
        _received = new byte[size];
        var window = Open();
        var message = new BenchMessage(size);
        var samples = new List<double>(1 << 20);
        var started = Stopwatch.GetTimestamp();
        for (long number = 0; ; number++)
        {
            var before = Stopwatch.GetTimestamp();
            var elapsed = Stopwatch.GetElapsedTime(started, before);
            if (elapsed.TotalSeconds > seconds + WarmUp.TotalSeconds) break;
            _receivedLength = 0;
            Send(peer, window, message.Get(number).Span);
            var after = Stopwatch.GetTimestamp();
            if (_receivedLength != size || !message.Matches(new(_received), number)) return null;
            if (elapsed > WarmUp) samples.Add(Stopwatch.GetElapsedTime(before, after).TotalMicroseconds);
        }

        samples.Sort();
        return [At(samples, 0.5), At(samples, 0.99), At(samples, 0.999)];
    }

    [SupportedOSPlatform("windows")]
    private static double[]? Stream(nint peer, int size, double seconds)
    {
        var window = Open();
        var message = new BenchMessage(size);
        var started = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            if (Send(peer, window, message.Get(sent).Span) != ++sent) return null;
        }

        return [sent / Stopwatch.GetElapsedTime(started).TotalSeconds];
    }

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
    private static nint Open()
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
    private static nint Send(nint window, nint sender, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            var data = new User32.CopyData { Tag = 1, Length = (uint)bytes.Length, Bytes = pointer };
            return User32.SendMessage(window, User32.MessageCopyData, sender, (nint)(&data));
        }
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(sorted.Count * share)];
}
