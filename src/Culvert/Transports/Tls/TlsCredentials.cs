using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Connections;
using Culvert.Security;

namespace Culvert.Transports.Tls;

/// <summary>What one side proves itself with, and whom it trusts, read from the options' files once.</summary>
/// <param name="Own">This side's certificate with its key and chain, or null.</param>
/// <param name="Authorities">Who may sign the peer's, or null for those that the system trusts.</param>
internal sealed record TlsCredentials(SslStreamCertificateContext? Own, X509Certificate2Collection? Authorities)
{
    /// <summary>Reads the files. Throws <see cref="ConnectionException"/> with a sentence that names the
    /// file.</summary>
    public static TlsCredentials Load(TlsOptions options)
    {
        var authorities = options.AuthorityFile is { } file ? Authority(file) : null;
        return new TlsCredentials(Certificate(options), authorities);
    }

    /// <summary>The files that the options name, each with what tells that it changed.</summary>
    public static string Stamp(TlsOptions options)
    {
        string?[] files = [options.CertificateFile, options.KeyFile, options.AuthorityFile, options.PasswordFile];
        return string.Join('|', files.OfType<string>().Select(path =>
        {
            // The target of a link counts: certificates are often exchanged by moving a link.
            var info = new FileInfo(path);
            if (info.LinkTarget is not null) info = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
            return info.Exists ? $"{info.FullName} {info.LastWriteTimeUtc.Ticks} {info.Length}" : $"{path} is missing";
        }));
    }

    /// <summary>How the peer's chain is to be checked.</summary>
    public X509ChainPolicy Policy(TlsOptions options)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = options.Revocation,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,

            // A peer must not make this side fetch what its certificate points at.
            DisableCertificateDownloads = options.Revocation == X509RevocationMode.NoCheck,
        };
        if (Authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Authorities);
        policy.ExtraStore.AddRange(Authorities);
        return policy;
    }

    private static SslStreamCertificateContext? Certificate(TlsOptions options)
    {
        if (options.CertificateFile is not { } path) return null;
        var password = Password(options);
        var all = new X509Certificate2Collection();
        X509Certificate2? own = null;
        Read(path, "certificate", () =>
        {
            if (IsPkcs12(path))
            {
                all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
                own = all.FirstOrDefault(certificate => certificate.HasPrivateKey);
                return;
            }

            all.ImportFromPemFile(path);
            if (all.Count == 0) throw new CryptographicException("it holds no certificate");
        });
        own ??= IsPkcs12(path)
            ? throw TlsSettings.Invalid($"The certificate file '{path}' holds no private key; export it with its key.")
            : WithKey(path, options.KeyFile ?? path, password);
        var others = new X509Certificate2Collection(
            all.Where(other => !other.RawData.AsSpan().SequenceEqual(own.RawData)).ToArray());
        return SslStreamCertificateContext.Create(own, others, offline: true);
    }

    private static X509Certificate2 WithKey(string path, string keyPath, string? password)
    {
        X509Certificate2? own = null;
        Read(keyPath, "private key", () =>
        {
            var isEncrypted = File.ReadAllText(keyPath).Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
            if (isEncrypted && password is null)
                throw new CryptographicException("it has a password; name it by passwordFile or passwordVariable");
            own = isEncrypted
                ? X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath)
                : X509Certificate2.CreateFromPemFile(path, keyPath);
        });

        // Windows cannot use a key that lies in this process's memory alone.
        if (!OperatingSystem.IsWindows()) return own!;
        using (own)
        {
            return X509CertificateLoader.LoadPkcs12(own!.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static X509Certificate2Collection Authority(string path)
    {
        var authorities = new X509Certificate2Collection();
        Read(path, "authority", () => authorities.ImportFromPemFile(path));
        if (authorities.Count > 0) return authorities;
        throw TlsSettings.Invalid($"The authority file '{path}' holds no certificate; it must be PEM.");
    }

    private static string? Password(TlsOptions options)
    {
        if (options.PasswordFile is { } path)
        {
            string? line = null;
            Read(path, "password", () => line = File.ReadLines(path).FirstOrDefault());
            return line ?? "";
        }

        if (options.PasswordVariable is not { } variable) return null;
        return Environment.GetEnvironmentVariable(variable) ?? throw TlsSettings.Invalid(
            $"The environment variable '{variable}', which holds the password of '{options.CertificateFile}', is not "
            + "set; set it before the program starts.");
    }

    private static bool IsPkcs12(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".p12" or ".pfx";

    private static void Read(string path, string what, Action read)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > TlsLimits.FileBytesMax })
                throw new InvalidDataException($"it is over {TlsLimits.FileBytesMax} bytes");
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException or InvalidDataException)
        {
            throw TlsSettings.Invalid($"The {what} file '{path}' cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
