namespace Culvert.Transports.Linux;

/// <summary>
/// Lets tasks wait for a socket that is no stream: a listener, a dial under way. Take <see cref="Next"/>
/// before trying the call, and await it when the call would block: no event in between is missed.
/// </summary>
internal sealed class Readiness : IReactorTarget, IDisposable
{
    private readonly SocketHandle _socket;
    private readonly long _token;
    private TaskCompletionSource _next = NewSource();

    public Readiness(SocketHandle socket, EpollEvents interest)
    {
        _socket = socket;
        _token = Reactor.Shared.Add(socket, this, interest);
    }

    /// <summary>Completes at the next event.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void OnEvents(EpollEvents events) => Interlocked.Exchange(ref _next, NewSource()).TrySetResult();

    /// <summary>Wakes everyone who waits and watches no more; the socket stays open.</summary>
    public void Dispose()
    {
        Reactor.Shared.Remove(_socket, _token);
        OnEvents(EpollEvents.None);
    }

    // Asynchronously, since an accepted connection's handler may run for ever and must not hold a poller.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
