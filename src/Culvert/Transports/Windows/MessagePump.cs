using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>
/// A thread that owns hidden windows and does nothing but handle their messages, so that whoever sends to them is
/// answered at once, whatever the program is busy with.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class MessagePump
{
    private const uint MessageWork = User32.MessageApp;

    private static readonly ConcurrentDictionary<nint, MessageWindow> Windows = new();
    private static readonly ConcurrentDictionary<string, bool> Classes = new(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentQueue<Action> _work = new();
    private uint _threadId;

    /// <summary>Starts the thread; returns when it can be posted to.</summary>
    public MessagePump(string name)
    {
        using var ready = new ManualResetEventSlim();
        new Thread(() => Run(ready)) { IsBackground = true, Name = name }.Start();
        ready.Wait();
    }

    /// <summary>Opens a hidden window: one that only receives messages, or a top-level one that every program
    /// finds.</summary>
    public Task<MessageWindow> OpenAsync(string className, string? title, bool isTopLevel, WindowHandler handler) =>
        RunAsync(() => Open(className, title, isTopLevel, handler));

    public Task CloseAsync(MessageWindow window) => RunAsync(() =>
    {
        Windows.TryRemove(window.Handle, out _);
        return User32.DestroyWindow(window.Handle);
    });

    /// <summary>Runs something on the thread and returns what it returns or throws.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e); // The caller's to handle; the thread goes on.
            }
        });
        return done.Task;
    }

    /// <summary>Runs something on the thread, behind every message that was sent to its windows before.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);
        User32.PostThreadMessage(_threadId, MessageWork, 0, 0);
    }

    /// <summary>Ends the thread after what was posted before. Its windows must be closed.</summary>
    public void Stop() => User32.PostThreadMessage(_threadId, User32.MessageQuit, 0, 0);

    private static void Register(string className)
    {
        if (Classes.ContainsKey(className)) return;
        fixed (char* name = className)
        {
            var windowClass = new User32.WindowClass
            {
                Size = (uint)sizeof(User32.WindowClass),
                Procedure = &OnMessage,
                Instance = Kernel32.GetModuleHandle(null),
                ClassName = name,
            };
            if (User32.RegisterClass(&windowClass) == 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Win32Error.ClassAlreadyExists || !Classes.ContainsKey(className))
                {
                    throw new Win32Exception(error);
                }
            }
        }

        Classes[className] = true;
    }

    private static MessageWindow Find(nint handle) => Windows.TryGetValue(handle, out var window) ? window : null!;

    [UnmanagedCallersOnly]
    private static nint OnMessage(nint handle, uint message, nint wParam, nint lParam)
    {
        try
        {
            if (Find(handle) is { } window && window.Handler(message, wParam, lParam, out var answer)) return answer;
        }
        catch (OutOfMemoryException)
        {
            return 0; // Nothing may escape into the system; the sender takes this for a refusal.
        }

        return User32.DefaultProcedure(handle, message, wParam, lParam);
    }

    private MessageWindow Open(string className, string? title, bool isTopLevel, WindowHandler handler)
    {
        lock (Classes) Register(className);
        var handle = User32.CreateWindow(
            0, className, title, 0, 0, 0, 0, 0, isTopLevel ? 0 : User32.MessageOnly, 0,
            Kernel32.GetModuleHandle(null), 0);
        if (handle == 0) throw new Win32Exception(Marshal.GetLastPInvokeError());

        // No message of another thread is handled before this thread asks for one, so none is missed.
        var window = new MessageWindow(this, handle, handler);
        Windows[handle] = window;
        return window;
    }

    private void Run(ManualResetEventSlim ready)
    {
        // The first call makes the thread's queue; before that nothing can be posted to it.
        User32.Message message;
        _ = User32.PeekMessage(&message, 0, MessageWork, MessageWork, 0);
        _threadId = Kernel32.GetCurrentThreadId();
        ready.Set();
        while (User32.GetMessage(&message, 0, 0, 0) > 0)
        {
            if (message is { Window: 0, Number: MessageWork })
            {
                while (_work.TryDequeue(out var work)) work();
            }
            else
            {
                User32.DispatchMessage(&message);
            }
        }
    }
}
