using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Cli.Bench.Transports;

/// <summary>A certificate of this run with its key, in a file of its own, removed with it. It is its own
/// authority.</summary>
internal sealed class BenchCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-bench-").FullName;

    public BenchCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        System.IO.File.WriteAllText(
            File, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>PEM: the certificate and its key.</summary>
    public string File => Path.Combine(_folder, "bench.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
