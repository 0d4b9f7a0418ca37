using System.Collections.Concurrent;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.AnonymousPipes;

/// <summary>
/// A connection without a name: one end is this process's, the other is for a child that inherits it, or for another
/// part of this process. The child opens <see cref="ChildEndpoint"/>, which it is told by an argument or an environment
/// variable.
/// </summary>
/// <remarks>
/// <para>A child started by <see cref="Ipc.StartChildAsync"/> with the pair in its
/// <see cref="StandardStreams.ChildOptions.Pipes"/> inherits it, and no other child does. For one started by other
/// means create the pair inheritable: <b>every</b> child that is started until <see cref="ReleaseChildEnd"/> then
/// inherits it, and keeps the connection from ending.</para>
/// <para>Thread-safe. Dispose closes the connection and the child's end, if it is still here.</para>
/// </remarks>
public sealed class AnonymousPipePair : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, AnonymousPipePair> Here = new(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private InheritedEnd? _childEnd;

    private AnonymousPipePair(ByteLink link, InheritedEnd childEnd)
    {
        _childEnd = childEnd;
        ChildEndpoint = childEnd.Endpoint;

        // Before the endpoint is known to anybody. A number comes again after its end was closed.
        Here[ChildEndpoint.ToString()] = this;
        Connection = new LinkConnection(link, ChildEndpoint, new Peer { IsLocal = true }).Start();
    }

    /// <summary>This side, owned by the pair. Its peer is not known: whoever has the other end.</summary>
    public Connection Connection { get; }

    /// <summary>What the child connects to: <c>inherited:</c> and numbers that mean something in it alone,
    /// once.</summary>
    public Endpoint ChildEndpoint { get; }

    /// <summary>Creates a pair. Throws <see cref="ConnectionException"/> when the system has no more handles.</summary>
    /// <param name="inheritable">Whether every child that is started from now on inherits the child's end. Default
    /// false: only one that it is given to does.</param>
    public static AnonymousPipePair Create(bool inheritable = false)
    {
        var (link, childEnd) = InheritedEnd.CreatePair(inheritable);
        return new AnonymousPipePair(link, childEnd);
    }

    /// <summary>Closes this process's copy of the child's end. Call it when the child has started: until then the
    /// child's end does not end with the child. Idempotent.</summary>
    public void ReleaseChildEnd() => TakeChildEnd()?.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        ReleaseChildEnd();
        return Connection.DisposeAsync();
    }

    /// <summary>The child's end of a pair of this process, which belongs to the caller now; null when it is none, or
    /// was taken.</summary>
    internal static InheritedEnd? TryTake(Endpoint endpoint) =>
        Here.TryGetValue(endpoint.ToString(), out var pair) ? pair.TakeChildEnd() : null;

    /// <summary>Uses the child's end while it stays this process's. Throws when it is not any more.</summary>
    internal void Lend(Action<InheritedEnd> action)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_childEnd is null, this);
            action(_childEnd);
        }
    }

    private InheritedEnd? TakeChildEnd()
    {
        lock (_gate)
        {
            var end = _childEnd;
            _childEnd = null;
            if (end is not null) Here.TryRemove(KeyValuePair.Create(ChildEndpoint.ToString(), this));
            return end;
        }
    }
}
