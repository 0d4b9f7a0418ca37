using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>One call of ConnectAsync: its token ends with the deadline too, and it remembers what it met.</summary>
internal sealed class DialAttempt
{
    // Few listeners tell when they have room again: they are asked again, ever more slowly.
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(50);

    private TimeSpan _pause = PauseMin;
    private bool _wasBusy;

    private DialAttempt(Endpoint endpoint, CancellationToken cancellationToken) =>
        (Endpoint, CancellationToken) = (endpoint, cancellationToken);

    public Endpoint Endpoint { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Runs a dial under the options' deadline and tells the deadline from the caller's
    /// cancellation.</summary>
    public static async ValueTask<Connection> RunAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken,
        Func<DialAttempt, ValueTask<Connection>> dial)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout != Timeout.InfiniteTimeSpan) deadline.CancelAfter(options.Timeout);
        var attempt = new DialAttempt(endpoint, deadline.Token);
        try
        {
            return await dial(attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw attempt._wasBusy ? DialErrors.Busy(endpoint) : DialErrors.TimedOut(endpoint);
        }
    }

    /// <summary>Waits before the next try, each time longer.</summary>
    /// <param name="isBusy">Somebody listens and had no room, so that a deadline that passes now means Busy.</param>
    public Task PauseAsync(bool isBusy)
    {
        _wasBusy = isBusy;
        var pause = _pause;
        _pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        return Task.Delay(pause, CancellationToken);
    }
}
