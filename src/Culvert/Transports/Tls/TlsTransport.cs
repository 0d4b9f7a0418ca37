using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Tls;

/// <summary><c>tls://host:port</c>: TLS 1.3 over the connections of another transport, which knows nothing of
/// it.</summary>
/// <param name="inner">What carries the records; it reads the host and port.</param>
internal sealed class TlsTransport(Transport inner) : Transport
{
    public override string Scheme => "tls";

    public override async ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        var settings = TlsSettings.Of(endpoint, options.Tls);
        if (settings.CertificateFile is null)
        {
            throw TlsSettings.Invalid(
                $"{endpoint} has no certificate to prove itself with; give it one by cert=FILE and key=FILE.");
        }

        if (TlsPeerCheck.Asks(settings) && settings.AuthorityFile is null)
        {
            throw TlsSettings.Invalid(
                $"{endpoint} asks clients for certificates and nobody is said to sign them; name the authority by "
                + "ca=FILE.");
        }

        var credentials = new TlsReload(settings, endpoint, options.Logger);
        var listener = await inner.BindAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        return new TlsListener(listener, WithOptions(listener.Endpoint, endpoint), settings, credentials, options);
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        var settings = TlsSettings.Of(endpoint, options.Tls);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, async attempt =>
        {
            var credentials = TlsCredentials.Load(settings);
            var forEver = new ConnectOptions { Timeout = Timeout.InfiniteTimeSpan };
            var connection = await inner.ConnectAsync(endpoint, forEver, attempt.CancellationToken)
                .ConfigureAwait(false);
            return await TlsHandshake
                .DialAsync(connection, endpoint, HostOf(endpoint), settings, credentials, attempt.CancellationToken)
                .ConfigureAwait(false);
        });
    }

    private static string HostOf(Endpoint endpoint) =>
        endpoint.Address[..endpoint.Address.LastIndexOf(':')].Trim('[', ']');

    /// <summary>The options stay part of the endpoint; the port is the real one.</summary>
    private static Endpoint WithOptions(Endpoint bound, Endpoint asked)
    {
        var question = asked.ToString().IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? bound : Endpoint.Parse(bound + asked.ToString()[question..]);
    }
}
