using Culvert.Connections;

namespace Culvert.Transports.NamedPipes;

/// <summary>What an endpoint <c>pipe://name</c> or <c>pipe://host/name</c> says on Windows.</summary>
/// <param name="Host">The machine; null is this one.</param>
/// <param name="Name">The pipe's name.</param>
/// <param name="AdmitsRemote">Whether a listener takes clients of other machines.</param>
/// <param name="Owner">Whose listener a client trusts; null is its own user's, "any" everyone's.</param>
internal sealed record PipeName(string? Host, string Name, bool AdmitsRemote, string? Owner)
{
    public const string AnyOwner = "any";

    /// <summary>The name as the system takes it.</summary>
    public string Path => $@"\\{Host ?? "."}\pipe\{Name}";

    /// <summary>Throws InvalidEndpoint with a sentence.</summary>
    public static PipeName Of(Endpoint endpoint)
    {
        var address = endpoint.Address;
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? null : address[..slash];
        var name = address[(slash + 1)..];
        if (host == ".") host = null;
        if (host?.Length == 0 || name.Length is 0 or > PipeLimits.NameLengthMax
            || name.AsSpan().ContainsAny('/', '\\', '\0'))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' is no name of a pipe on this system; write pipe://name or pipe://host/name, with up to "
                + $"{PipeLimits.NameLengthMax} characters and no slash in the name.");
        }

        foreach (var (key, value) in endpoint.Options)
        {
            var isKnown = key switch
            {
                "mode" => value is "byte",
                "remote" => value is "allow" or "reject",
                "owner" => value.Length > 0,
                _ => false,
            };
            if (isKnown) continue;
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' says {key}={value}, which pipes do not know; there are mode=byte, remote=allow and "
                + "owner=USER.");
        }

        return new PipeName(
            host, name, endpoint.Options.TryGetValue("remote", out var remote) && remote == "allow",
            endpoint.Options.GetValueOrDefault("owner"));
    }
}
