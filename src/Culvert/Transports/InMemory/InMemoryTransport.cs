using System.Collections.Concurrent;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.InMemory;

/// <summary><c>mem://name</c>: connections inside one process, for tests and for plug-ins loaded in-process.</summary>
internal sealed class InMemoryTransport : Transport
{
    private readonly ConcurrentDictionary<string, InMemoryListener> _listeners = new(StringComparer.Ordinal);

    public override string Scheme => "mem";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        CheckName(endpoint);
        var listener = new InMemoryListener(endpoint, options, Release);
        if (_listeners.TryAdd(endpoint.Address, listener)) return new ValueTask<Listener>(listener);
        throw new ConnectionException(
            ConnectionError.AddressInUse, $"Another listener of this process has {endpoint}; choose another name.");
    }

    public override async ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        CheckName(endpoint);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_listeners.TryGetValue(endpoint.Address, out var listener)) throw DialErrors.NobodyListens(endpoint);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout != Timeout.InfiniteTimeSpan) deadline.CancelAfter(options.Timeout);
        try
        {
            return await listener.ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw DialErrors.NobodyListens(endpoint);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw DialErrors.Busy(endpoint);
        }
    }

    private static void CheckName(Endpoint endpoint)
    {
        if (endpoint.Address.Length > 0) return;
        throw new ConnectionException(ConnectionError.InvalidEndpoint, "mem:// has no name; write mem://name.");
    }

    private void Release(InMemoryListener listener) =>
        _listeners.TryRemove(KeyValuePair.Create(listener.Endpoint.Address, listener));
}
