using Culvert.Connections;

namespace Culvert.Transports.AnonymousPipes;

/// <summary><c>inherited:NUMBERS</c>: the child's end of an <see cref="AnonymousPipePair"/>.</summary>
internal sealed class InheritedTransport : Transport
{
    public const string SchemeName = "inherited";

    // Two who open the same numbers at the same moment: the second finds that they are in use.
    private readonly Lock _gate = new();

    public override string Scheme => SchemeName;

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint, $"{endpoint} is one end of a connection; connect to it.");

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (AnonymousPipePair.TryTake(endpoint) is { } own)
            return new ValueTask<Connection>(own.Connect(isOfThisProcess: true));
        lock (_gate) return new ValueTask<Connection>(InheritedEnd.Take(endpoint).Connect(isOfThisProcess: false));
    }
}
