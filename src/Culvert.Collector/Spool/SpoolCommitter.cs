using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

/// <summary>The one thread that writes the spool: groups, footers, checkpoints, deletions, each in its order.</summary>
internal sealed class SpoolCommitter(
    LogSpool spool, SpoolOptions options, ISpoolFiles files, TimeProvider time, ILogger logger, RecoveredSpool found)
{
    private readonly AutoResetEvent _signal = new(false);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SegmentWriter _writer = new(spool, options, files, time, found);
    private readonly SpoolKeeper _keeper = new(spool, options, files, time, logger, found);
    private readonly FreeSpaceWatch _space = new(files, options.FreeSpaceFloorBytes, logger);
    private ITimer? _timer;
    private TaskCompletionSource<bool>? _checkpointRequest;
    private int _signalled;
    private int _tick;
    private int _stopping;

    public SpoolPressure Pressure => _space.Pressure;

    public void Start()
    {
        _space.Look();
        _timer = time.CreateTimer(_ => OnTick(), null, options.TickInterval, options.TickInterval);
        new Thread(Run) { Name = "culvert-spool", IsBackground = true }.Start();
    }

    /// <summary>There is something to do.</summary>
    public void Signal()
    {
        // The event costs a lock; while it is set and not yet seen, setting it again says nothing new.
        if (Volatile.Read(ref _signalled) == 0 && Interlocked.Exchange(ref _signalled, 1) == 0) _signal.Set();
    }

    /// <summary>A cursor moved, which the next checkpoint must hold.</summary>
    public void Changed() => _keeper.Changed();

    public Task<bool> RequestCheckpointAsync()
    {
        var request = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (spool.Gate)
        {
            if (_exited.Task.IsCompleted) return Task.FromResult(false);
            request = _checkpointRequest ??= request;
        }

        Signal();
        return request.Task;
    }

    public Task StopAsync()
    {
        Volatile.Write(ref _stopping, 1);
        Signal();
        return _exited.Task;
    }

    private void OnTick()
    {
        Volatile.Write(ref _tick, 1);
        Signal();
    }

    private void Run()
    {
        for (var stopping = false; !stopping;)
        {
            _signal.WaitOne();
            Volatile.Write(ref _signalled, 0);

            // Read before the last group is taken: what was appended before the stop is written.
            stopping = Volatile.Read(ref _stopping) == 1;
            while (spool.TakeGroup() is { } group)
            {
                if (Write(group)) TryKeep(() => KeepAfter(group.Length));
            }

            var request = TakeRequest();
            var isSaved = TryKeep(() => Keep(checkpoint: request is not null || stopping));
            request?.TrySetResult(isSaved);
        }

        _timer!.Dispose();
        _writer.Dispose();
        _keeper.Dispose();
        lock (spool.Gate) _exited.TrySetResult();
        TakeRequest()?.TrySetResult(false);
    }

    /// <summary>Writes a group; true when the segment grew.</summary>
    private bool Write(SpoolGroup group)
    {
        try
        {
            var segment = group.Length > 0 ? _writer.Write(group) : null;
            spool.Publish(group, segment);
            return segment is not null;
        }
        catch (Exception exception)
        {
            // Whatever failed, nothing of it was told to be durable, and the thread must live.
            SpoolLog.WriteFailed(logger, _writer.Place.Name, exception.Message, exception);
            _writer.Abandon();
            _space.Failed();
            spool.Fail(group);
            return false;
        }
    }

    private bool KeepAfter(int writtenBytes)
    {
        _space.Wrote(writtenBytes);
        _keeper.Wrote(writtenBytes);
        return _writer.SealIfFull()
            ? _keeper.Keep(_writer.Place, checkpoint: true, _space.Pressure)
            : _keeper.KeepIfDue(_writer.Place, _space.Pressure);
    }

    private bool TryKeep(Func<bool> keep)
    {
        try
        {
            return keep();
        }
        catch (Exception exception)
        {
            // Housekeeping is tried again at the next tick; the thread must live to write what comes.
            SpoolLog.CheckpointFailed(logger, exception.Message, exception);
            return false;
        }
    }

    private bool Keep(bool checkpoint)
    {
        var tick = Interlocked.Exchange(ref _tick, 0) == 1;
        if (tick)
        {
            _space.Look();
            _writer.SealIfOld(time.GetUtcNow() - options.MaxAge);
        }

        return _keeper.Keep(_writer.Place, checkpoint, _space.Pressure);
    }

    private TaskCompletionSource<bool>? TakeRequest()
    {
        lock (spool.Gate)
        {
            var request = _checkpointRequest;
            _checkpointRequest = null;
            return request;
        }
    }
}
