using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Culvert.Connections;
using Culvert.Security;
using Culvert.Transports.Links;

namespace Culvert.Transports.Tls;

/// <summary>Turns a connection into one over TLS. It takes the connection over: what fails closes it.</summary>
internal static class TlsHandshake
{
    private const string Client = "The client";

    public static ValueTask<Connection> DialAsync(
        Connection inner, Endpoint endpoint, string host, TlsOptions options, TlsCredentials credentials,
        CancellationToken cancellationToken)
    {
        var peer = $"The server at {endpoint}";
        var check = new TlsPeerCheck(options, peer, isServer: false);
        return RunAsync(inner, endpoint, peer, check, cancellationToken, (tls, token) =>
            tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.ServerName ?? host,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ClientCertificateContext = credentials.Own,
                    CertificateChainPolicy = credentials.Policy(options),
                    RemoteCertificateValidationCallback = check.Accept,
                    AllowTlsResume = false,
                },
                token));
    }

    /// <summary>What a server's handshake with one client decides by, and knows of it afterwards.</summary>
    public static TlsPeerCheck CheckOfClient(TlsOptions options) => new(options, Client, isServer: true);

    public static ValueTask<Connection> ServeAsync(
        Connection inner, Endpoint endpoint, TlsOptions options, TlsCredentials credentials, TlsPeerCheck check,
        CancellationToken cancellationToken) =>
        RunAsync(inner, endpoint, Client, check, cancellationToken, (tls, token) =>
            tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = credentials.Own,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ClientCertificateRequired = TlsPeerCheck.Asks(options),
                    CertificateChainPolicy = credentials.Policy(options),
                    RemoteCertificateValidationCallback = check.Accept,

                    // Connections live long, and a session that is taken up again would be as good as the certificate
                    // that began it, which may be another one now.
                    AllowTlsResume = false,
                },
                token));

    private static async ValueTask<Connection> RunAsync(
        Connection inner, Endpoint endpoint, string peer, TlsPeerCheck check, CancellationToken cancellationToken,
        Func<SslStream, CancellationToken, Task> handshake)
    {
        var wire = new TlsWire(inner);
        var tls = new SslStream(wire, leaveInnerStreamOpen: true);
        try
        {
            await handshake(tls, cancellationToken).ConfigureAwait(false);
            var who = inner.Peer with { Certificate = check.Certificate };
            return new LinkConnection(new TlsLink(inner, tls, wire, peer), endpoint, who).Start();
        }
        catch (Exception e)
        {
            // In good order, so that the peer gets the alert that says why.
            if (cancellationToken.IsCancellationRequested) inner.Abort("The handshake took too long.");
            await inner.DisposeAsync().ConfigureAwait(false);
            await tls.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (e is AuthenticationException or IOException or CryptographicException or InvalidOperationException
                or NotSupportedException) throw TlsErrors.Handshake(check, wire, peer, e);
            throw;
        }
    }
}
