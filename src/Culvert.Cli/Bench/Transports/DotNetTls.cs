using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Cli.Bench.Transports;

/// <summary>.NET's own SslStream over a TCP connection of this machine: TLS 1.3 with the certificate that Culvert's
/// <c>tls://</c> is measured with.</summary>
internal static class DotNetTls
{
    private const string CommandName = "dotnet-tls-peer";

    public static Command CreatePeer()
    {
        var certificate = new Argument<string>("certificate");
        var mode = new Argument<string>("mode");
        var size = new Argument<int>("size");
        var command = new Command(CommandName, "The second process of the bare TLS streams.")
        {
            certificate, mode, size,
        };
        command.Hidden = true;
        command.SetAction(async result =>
        {
            await ServeAsync(result.GetValue(certificate)!, result.GetValue(mode)!, result.GetValue(size));
            return ExitCode.Done;
        });
        return command;
    }

    public static async Task<IBenchLine> OpenAsync(BenchCertificate certificate, string mode, int size)
    {
        var peer = await BenchPeer.StartAsync(
            CommandName, certificate.File, mode, size.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPEndPoint.Parse(peer.Said)).ConfigureAwait(false);
        var stream = new SslStream(client.GetStream());
        using var authority = X509CertificateLoader.LoadCertificateFromFile(certificate.File);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(authority);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls13, CertificateChainPolicy = policy,
        }).ConfigureAwait(false);
        return new StreamLine(peer, stream, hasMessages: false, size);
    }

    private static async Task ServeAsync(string certificate, string mode, int size)
    {
        using var own = X509Certificate2.CreateFromPemFile(certificate, certificate);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.Out.WriteLine(listener.LocalEndpoint);
        using var client = await listener.AcceptTcpClientAsync().ConfigureAwait(false);
        client.NoDelay = true;
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls13,
        }).ConfigureAwait(false);
        await StreamPeer.ServeAsync(stream, hasMessages: false, mode, size).ConfigureAwait(false);
    }
}
