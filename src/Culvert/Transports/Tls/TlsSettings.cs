using System.Security.Cryptography.X509Certificates;
using Culvert.Connections;
using Culvert.Security;

namespace Culvert.Transports.Tls;

/// <summary>Reads the TLS options that stand in an endpoint, over those that the program gave.</summary>
internal static class TlsSettings
{
    private static readonly string[] Names =
        ["cert", "key", "passwordFile", "passwordVariable", "ca", "clients", "name", "allow", "revocation"];

    public static TlsOptions Of(Endpoint endpoint, TlsOptions? given)
    {
        var options = given ?? new TlsOptions();
        foreach (var (name, value) in endpoint.Options) options = With(options, name, value, endpoint);
        if (options.HandshakeTimeout >= TlsLimits.HandshakeTimeoutMin
            && options.HandshakeTimeout <= TlsLimits.HandshakeTimeoutMax) return options;
        throw Invalid(
            $"The handshake timeout of {endpoint} is {options.HandshakeTimeout}; it must be from 100 ms to 5 min.");
    }

    public static ConnectionException Invalid(string message, Exception? inner = null) =>
        new(ConnectionError.InvalidEndpoint, message, inner);

    private static TlsOptions With(TlsOptions options, string name, string value, Endpoint endpoint)
    {
        if (value.Length == 0 && Names.Contains(name))
            throw Invalid($"The option '{name}' of {endpoint} has no value; write {name}=VALUE, or leave it out.");
        return name switch
        {
            "cert" => options with { CertificateFile = value },
            "key" => options with { KeyFile = value },
            "passwordFile" => options with { PasswordFile = value },
            "passwordVariable" => options with { PasswordVariable = value },
            "ca" => options with { AuthorityFile = value },
            "clients" => options with { ClientCertificates = Choice<TlsClientCertificates>(endpoint, name, value) },
            "name" => options with { ServerName = value },
            "allow" => options with { AllowedNames = value.Split(',', StringSplitOptions.TrimEntries) },
            "revocation" => options with { Revocation = Choice<X509RevocationMode>(endpoint, name, value) },
            _ => throw Invalid(
                $"{endpoint} has the option '{name}', which tls:// does not know; there are "
                + $"{string.Join(", ", Names)}."),
        };
    }

    private static T Choice<T>(Endpoint endpoint, string name, string value)
        where T : struct, Enum
    {
        if (char.IsAsciiLetter(value[0]) && Enum.TryParse<T>(value, ignoreCase: true, out var choice)) return choice;
        var names = string.Join(", ", Enum.GetNames<T>().Select(choice => choice.ToLowerInvariant()));
        throw Invalid($"The option '{name}' of {endpoint} is '{value}'; it can be {names}.");
    }
}
