using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Culvert.Transports.Linux;

/// <summary>
/// Waits for all sockets of the process and runs what waits for them, on the thread that heard of it.
/// </summary>
/// <remarks>
/// <para>Several threads wait on one epoll descriptor and take one event each. The kernel wakes the thread that began
/// to wait last, so a quiet process runs on one warm thread and changes no threads between an event and the
/// user's code. While that code runs, or blocks, the next event wakes the next thread: the kernel is the
/// leader-follower
/// protocol, and no event ever waits behind a continuation in a batch.</para>
/// <para>The one thing to see to is that some thread waits. When the last one leaves, a thread is added at once up to
/// <see cref="ReactorLimits.ThreadsBase"/>, and beyond it as soon as <see cref="_watcher"/> sees that nothing moved for
/// <see cref="ReactorLimits.StallMs"/>.</para>
/// <para>While one socket alone is busy, one thread alone waits (<see cref="_isQuiet"/>). The kernel often runs the
/// peer the moment that it is sent something, and its answer comes before the sender is back to wait: other threads
/// would take it, so that a round trip went from thread to thread. They stand aside until another socket
/// has an event, or nothing was handled for <see cref="ReactorLimits.StallMs"/>. See
/// docs/decisions/0001-inline-reactor.md for the measurements.</para>
/// </remarks>
internal sealed unsafe class Reactor
{
    private const int ControlAdd = 1;
    private const int ControlDelete = 2;
    private const int ControlModify = 3;
    private const int EventBytesMax = 16;

    private static readonly Lazy<Reactor> Instance = new(() => new Reactor());

    // The kernel packs struct epoll_event on x64 alone.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _epoll;
    private readonly ConcurrentDictionary<long, IReactorTarget> _targets = new();
    private readonly AutoResetEvent _stalled = new(false);
    private Thread? _watcher;
    private long _lastToken;
    private int _threads;
    private int _waiting;
    private long _handled;

    // Only hints to find the quiet mode: threads may overwrite each other's.
    private long _sameToken;
    private int _sameCount;

    // Guards the two below: nobody may stand aside after the others were called back.
    private readonly Lock _quietGate = new();
    private readonly SemaphoreSlim _callBack = new(0);
    private volatile bool _isQuiet;
    private int _aside;

    private Reactor()
    {
        _epoll = Libc.EpollCreate(Libc.SocketCloseOnExec);
        if (_epoll < 0)
        {
            throw SocketErrors.System(Marshal.GetLastPInvokeError(), "The system's event queue could not be created");
        }

        AddThread();
    }

    public static Reactor Shared => Instance.Value;

    /// <summary>Tells <paramref name="target"/> of every change from now on, beginning with the present
    /// state.</summary>
    /// <returns>A token for <see cref="Remove"/>.</returns>
    public long Add(DescriptorHandle descriptor, IReactorTarget target, EpollEvents events)
    {
        var token = Interlocked.Increment(ref _lastToken);
        _targets[token] = target;
        var errno = Control(ControlAdd, descriptor, token, events);
        if (errno != 0)
        {
            _targets.TryRemove(token, out _);
            throw SocketErrors.System(errno, "A descriptor could not be watched");
        }

        return token;
    }

    /// <summary>Tells of these events from now on, beginning with the present state.</summary>
    public void Change(DescriptorHandle descriptor, long token, EpollEvents events) =>
        Control(ControlModify, descriptor, token, events);

    /// <summary>No event is begun for the target after this; one that runs already may still be running.</summary>
    public void Remove(DescriptorHandle descriptor, long token)
    {
        if (!_targets.TryRemove(token, out _)) return;
        var data = stackalloc byte[EventBytesMax];
        Libc.EpollControl(_epoll, ControlDelete, descriptor, data);
    }

    private int Control(int operation, DescriptorHandle descriptor, long token, EpollEvents events)
    {
        var data = stackalloc byte[EventBytesMax];
        *(uint*)data = (uint)(events | EpollEvents.EdgeTriggered);
        Marshal.WriteInt64((nint)(data + DataOffset), token);
        return Libc.EpollControl(_epoll, operation, descriptor, data) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private void AddThread()
    {
        Interlocked.Increment(ref _threads);
        new Thread(Poll) { IsBackground = true, Name = "Culvert poller" }.Start();
    }

    private void Poll()
    {
        var data = stackalloc byte[EventBytesMax];
        while (true)
        {
            if (_isQuiet && Volatile.Read(ref _waiting) > 0) StandAside();
            Interlocked.Increment(ref _waiting);
            var timeoutMs = Volatile.Read(ref _threads) > ReactorLimits.ThreadsBase ? ReactorLimits.IdleMs : -1;
            var count = Libc.EpollWait(_epoll, data, 1, timeoutMs);
            if (Interlocked.Decrement(ref _waiting) == 0 && !_isQuiet) FindSuccessor();
            if (count == 0 && TryLeave()) return;
            if (count != 1) continue;

            var events = (EpollEvents)(*(uint*)data);
            var token = Marshal.ReadInt64((nint)(data + DataOffset));
            SeeWhoIsBusy(token);
            if (_targets.TryGetValue(token, out var target))
            {
                target.OnEvents(events);
            }

            Interlocked.Increment(ref _handled);
        }
    }

    private bool TryLeave()
    {
        if (Interlocked.Decrement(ref _threads) >= ReactorLimits.ThreadsBase) return true;
        Interlocked.Increment(ref _threads);
        return false;
    }

    private void SeeWhoIsBusy(long token)
    {
        if (token != _sameToken)
        {
            _sameToken = token;
            _sameCount = 0;
            if (_isQuiet) EndQuiet();
        }
        else if (!_isQuiet && ++_sameCount >= ReactorLimits.EventsToQuiet)
        {
            _sameCount = 0;
            BeginQuiet();
        }
    }

    private void BeginQuiet()
    {
        lock (_quietGate) _isQuiet = true;
        StartWatch(); // It ends the quiet when this thread does not come back.
    }

    private void EndQuiet()
    {
        lock (_quietGate)
        {
            if (!_isQuiet) return;
            _isQuiet = false;
            if (_aside > 0) _callBack.Release(_aside);
            _aside = 0;
        }

        // The last one that waited may have left during the quiet, when no successor is looked for.
        if (Volatile.Read(ref _waiting) == 0) FindSuccessor();
    }

    private void StandAside()
    {
        lock (_quietGate)
        {
            if (!_isQuiet) return;
            _aside++;
        }

        _callBack.Wait();
    }

    private void FindSuccessor()
    {
        if (Volatile.Read(ref _threads) < ReactorLimits.ThreadsBase)
        {
            AddThread();
            return;
        }

        StartWatch();
    }

    private void StartWatch()
    {
        if (Volatile.Read(ref _watcher) is null)
        {
            var watcher = new Thread(Watch) { IsBackground = true, Name = "Culvert poller watch" };
            if (Interlocked.CompareExchange(ref _watcher, watcher, null) is null) watcher.Start();
        }

        _stalled.Set();
    }

    /// <summary>Sleeps until no thread waits or one waits alone; then adds one, or calls the others back, whenever
    /// nothing was handled for a while.</summary>
    private void Watch()
    {
        using var never = new ManualResetEvent(false);
        while (true)
        {
            _stalled.WaitOne();
            while (_isQuiet || Volatile.Read(ref _waiting) == 0)
            {
                var before = Interlocked.Read(ref _handled);
                never.WaitOne(ReactorLimits.StallMs);
                if (_isQuiet)
                {
                    if (Interlocked.Read(ref _handled) == before) EndQuiet();
                    continue;
                }

                var isStalled = Volatile.Read(ref _waiting) == 0 && Interlocked.Read(ref _handled) == before;
                if (isStalled && Volatile.Read(ref _threads) < ReactorLimits.ThreadsMax) AddThread();
            }
        }
    }
}
