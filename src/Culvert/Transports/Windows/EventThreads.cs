using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Transports.Links;

namespace Culvert.Transports.Windows;

/// <summary>
/// The threads on which readers and writers hear of what a message pump received, and on which their continuations run.
/// Continuations may block, and the thread pool adds threads too slowly for that: eight that blocked kept a dial
/// waiting beyond its 5 s. Here another thread is there after 5 ms.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class EventThreads
{
    // Guards what follows between those who tell, the threads, and the watcher.
    private readonly Lock _gate = new();
    private readonly Queue<(Action<ILinkEvents> What, ILinkEvents Events)> _queue = new();
    private readonly AutoResetEvent _allBusy = new(false);

    // Counts what was told. Threads sleep on its address: that made round trips of 380 and 324 µs 272 and 247.
    private readonly int* _told = (int*)NativeMemory.AllocZeroed(sizeof(int));
    private int _threads;
    private int _idle;
    private long _taken;
    private bool _isWatched;
    private Thread? _watcher;

    private EventThreads()
    {
    }

    public static EventThreads Shared { get; } = new();

    /// <summary>Tells of an event on another thread; returns at once.</summary>
    public void Run(Action<ILinkEvents> what, ILinkEvents events)
    {
        bool isAwaited;
        lock (_gate)
        {
            _queue.Enqueue((what, events));
            (*_told)++;
            isAwaited = _idle > 0;
            if (_queue.Count > _idle) FindMore();
        }

        if (isAwaited) KernelBase.WakeByAddressSingle(_told);
    }

    /// <summary>Under the gate: more events wait than threads do.</summary>
    private void FindMore()
    {
        if (_threads < EventThreadLimits.ThreadsBase)
        {
            AddThread();
            return;
        }

        if (_isWatched) return;
        _isWatched = true;
        if (_watcher is null)
        {
            _watcher = new Thread(Watch) { IsBackground = true, Name = "Culvert event watch" };
            _watcher.UnsafeStart();
        }

        _allBusy.Set();
    }

    private void AddThread()
    {
        _threads++;
        new Thread(Work) { IsBackground = true, Name = "Culvert events" }.UnsafeStart();
    }

    private void Work()
    {
        while (TryTake() is { } item) item.What(item.Events);
    }

    private (Action<ILinkEvents> What, ILinkEvents Events)? TryTake()
    {
        while (true)
        {
            int seen;
            bool isMore;
            lock (_gate)
            {
                if (_queue.TryDequeue(out var item))
                {
                    _taken++;
                    return item;
                }

                seen = *_told;
                _idle++;
                isMore = _threads > EventThreadLimits.ThreadsBase;
            }

            // Whoever tells after the number was seen has changed it, so that this returns at once.
            var timeoutMs = isMore ? EventThreadLimits.IdleMs : uint.MaxValue;
            var isWoken = KernelBase.WaitOnAddress(_told, &seen, sizeof(int), timeoutMs);
            lock (_gate)
            {
                _idle--;
                if (isWoken || _queue.Count > 0 || _threads <= EventThreadLimits.ThreadsBase) continue;
                _threads--;
                return null;
            }
        }
    }

    /// <summary>Sleeps while there are threads for all; then adds one whenever an event waits and none is
    /// taken.</summary>
    private void Watch()
    {
        using var never = new ManualResetEvent(false);
        while (true)
        {
            _allBusy.WaitOne();
            long before;
            lock (_gate) before = _taken;
            while (true)
            {
                never.WaitOne(EventThreadLimits.StallMs);
                lock (_gate)
                {
                    if (_queue.Count <= _idle)
                    {
                        _isWatched = false;
                        break;
                    }

                    if (_taken == before && _threads < EventThreadLimits.ThreadsMax) AddThread();
                    before = _taken;
                }
            }
        }
    }
}
