using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Connections;
using Culvert.Security;

namespace Culvert.Transports.Tls;

/// <summary>Decides about the peer's certificate in one handshake, and keeps the reason for a refusal as a
/// sentence.</summary>
internal sealed class TlsPeerCheck(TlsOptions options, string peer, bool isServer)
{
    /// <summary>Why the peer was refused, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was proved, or null when the peer showed nothing.</summary>
    public PeerCertificate? Certificate { get; private set; }

    /// <summary>Whether a listener with these options wants to see certificates.</summary>
    public static bool Asks(TlsOptions options) => options.ClientCertificates switch
    {
        TlsClientCertificates.Automatic => options.AuthorityFile is not null,
        TlsClientCertificates.None => false,
        _ => true,
    };

    public bool Accept(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate)
        {
            var mayBeNone = !Asks(options) || options.ClientCertificates == TlsClientCertificates.Optional;
            if (isServer && mayBeNone) return true;
            Problem = isServer
                ? $"{peer} showed no certificate; give it one by cert=FILE and key=FILE."
                : $"{peer} showed no certificate, so nothing proves who answers there.";
            return false;
        }

        Certificate = Describe(certificate);
        Problem = ChainProblem(certificate, chain, errors) ?? NameProblem(errors) ?? AllowProblem();
        return Problem is null;
    }

    private static PeerCertificate Describe(X509Certificate2 certificate) => new()
    {
        Subject = certificate.Subject,
        Issuer = certificate.Issuer,
        Thumbprint = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256),
        Names = TlsNames.Of(certificate),
        NotAfter = certificate.NotAfter.ToUniversalTime(),
    };

    private string? ChainProblem(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0) return null;
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status)
            ?? X509ChainStatusFlags.PartialChain;
        const X509ChainStatusFlags Unknown =
            X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.NotSignatureValid;
        const X509ChainStatusFlags NoAnswer =
            X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;
        if ((status & Unknown) != 0)
        {
            return $"The certificate of {peer} ({certificate.Subject}) is signed by no authority that is trusted here; "
                + "name its authority by ca=FILE.";
        }

        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return $"The certificate of {peer} ({certificate.Subject}) holds from {certificate.NotBefore:u} to "
                + $"{certificate.NotAfter:u}, which is not now; give it a new one, or set the clock.";
        }

        if ((status & X509ChainStatusFlags.Revoked) != 0)
            return $"The certificate of {peer} ({certificate.Subject}) was revoked; give it a new one.";
        if ((status & NoAnswer) != 0)
        {
            return $"Nobody could say whether the certificate of {peer} ({certificate.Subject}) was revoked; let this "
                + "machine reach its authority, or leave revocation out.";
        }

        return $"The certificate of {peer} ({certificate.Subject}) cannot be used here ({status}); give it another.";
    }

    private string? NameProblem(SslPolicyErrors errors)
    {
        if (isServer || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0) return null;
        var names = string.Join(", ", [Certificate!.Subject, .. Certificate.Names]);
        return $"The certificate of {peer} is for {names} and not for the name that was dialled; "
            + "dial one of its names, or say which by name=NAME.";
    }

    private string? AllowProblem()
    {
        if (options.AllowedNames.Count == 0) return null;
        var names = TlsNames.All(Certificate!);
        var isAllowed = options.AllowedNames.Any(
            allowed => names.Contains(allowed, StringComparer.OrdinalIgnoreCase));
        if (isAllowed) return null;
        return $"{peer} is {Certificate!.Subject}, whose certificate is good but which is not among those that are "
            + "allowed; add one of its names to allow.";
    }
}
