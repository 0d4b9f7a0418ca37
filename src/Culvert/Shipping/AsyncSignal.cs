namespace Culvert.Shipping;

/// <summary>Wakes one waiter. Set before the wait counts for it; several sets count once.</summary>
internal sealed class AsyncSignal(TimeProvider time)
{
    private TaskCompletionSource _source = New();

    /// <summary>Any thread; the waiter goes on elsewhere.</summary>
    public void Set() => Volatile.Read(ref _source).TrySetResult();

    /// <summary>Waits until it is set, or the time has passed. One waiter at a time.</summary>
    public async ValueTask WaitAsync(TimeSpan timeout)
    {
        var source = Volatile.Read(ref _source);
        if (!source.Task.IsCompleted)
        {
            // The delay is cancelled, so that signals that come often leave no pile of timers behind.
            using var cancel = new CancellationTokenSource();
            await Task.WhenAny(source.Task, Task.Delay(timeout, time, cancel.Token));
            await cancel.CancelAsync();
        }

        // A Set between here and the next wait meets the new source. One that met the old source after it completed
        // is not lost either: its cause is seen by the waiter, which looks for work after this exchange.
        if (source.Task.IsCompleted) Interlocked.CompareExchange(ref _source, New(), source);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
