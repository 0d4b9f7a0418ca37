using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tests;

/// <summary>A certificate authority of one test: P-256 keys and PEM files in the test's folder.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string folder, string name = "ca")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Test authority {name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(30));
        File = Path.Combine(folder, $"{name}.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>The authority's certificate as PEM.</summary>
    public string File { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public void Dispose() => _certificate.Dispose();

    /// <summary>Issues a certificate for this name, localhost and 127.0.0.1, and writes it with its key into NAME.pem;
    /// returns the path.</summary>
    public string Issue(string name, int daysFrom = -1, int daysTo = 10, string? dnsName = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Create(name, key, daysFrom, daysTo, dnsName);
        var path = Path.Combine(_folder, $"{name}.pem");

        // At once, as a careful operator exchanges a certificate.
        var pem = $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
        System.IO.File.WriteAllText($"{path}.new", pem);
        System.IO.File.Move($"{path}.new", path, overwrite: true);
        return path;
    }

    /// <summary>As <see cref="Issue"/>, as PKCS#12 with a password.</summary>
    public string IssuePkcs12(string name, string password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Create(name, key, -1, 10, null);
        using var whole = certificate.CopyWithPrivateKey(key);
        var path = Path.Combine(_folder, $"{name}.p12");
        System.IO.File.WriteAllBytes(path, whole.Export(X509ContentType.Pkcs12, password));
        return path;
    }

    /// <summary>What both sides of a test need: this authority and one certificate for either.</summary>
    public string Endpoint(string address = "127.0.0.1:0", string name = "both") =>
        $"tls://{address}?cert={Issue(name)}&ca={File}";

    private X509Certificate2 Create(string name, ECDsa key, int daysFrom, int daysTo, string? dnsName)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName ?? "localhost");
        if (dnsName is null) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var serial = RandomNumberGenerator.GetBytes(8);
        return request.Create(_certificate, Now.AddDays(daysFrom), Now.AddDays(daysTo), serial);
    }
}
