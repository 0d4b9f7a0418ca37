namespace Culvert.Transports.Links;

/// <summary>
/// The threads on which readers and writers hear of what a message pump received, and on which their continuations run.
/// Continuations may block, and the thread pool adds threads too slowly for that: eight that blocked kept a dial
/// waiting beyond its 5 s. Here another thread is there after 5 ms.
/// </summary>
internal sealed class EventThreads
{
    // Guards what follows between those who tell, the threads, and the watcher.
    private readonly object _gate = new();
    private readonly Queue<(Action<ILinkEvents> What, ILinkEvents Events)> _queue = new();
    private readonly AutoResetEvent _allBusy = new(false);
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
        lock (_gate)
        {
            _queue.Enqueue((what, events));
            if (_idle > 0) Monitor.Pulse(_gate);
            if (_queue.Count > _idle) FindMore();
        }
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
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                _idle++;
                var isMore = _threads > EventThreadLimits.ThreadsBase;
                var isPulsed = Monitor.Wait(_gate, isMore ? EventThreadLimits.IdleMs : Timeout.Infinite);
                _idle--;
                if (isPulsed || _queue.Count > 0 || _threads <= EventThreadLimits.ThreadsBase) continue;
                _threads--;
                return null;
            }

            _taken++;
            return _queue.Dequeue();
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
