using System.Globalization;
using Culvert.Connections;

namespace Culvert.Transports.NamedPipes;

/// <summary>What an endpoint <c>pipe://name</c> or <c>pipe://host/name</c> says on Windows, checked.</summary>
/// <param name="Host">The machine; null is this one.</param>
/// <param name="Name">The pipe's name.</param>
internal sealed record PipeName(string? Host, string Name)
{
    public const string AnyOwner = "any";

    /// <summary>Whether messages are kept apart: <c>mode=message</c>. Default: bytes.</summary>
    public bool IsMessageMode { get; private init; }

    /// <summary>Whether a listener takes clients of other machines: <c>remote=allow</c>. Default: it does
    /// not.</summary>
    public bool AdmitsRemote { get; private init; }

    /// <summary>Whose listener a client trusts: <c>owner=USER</c>. Null is its own user's, "any" everyone's.</summary>
    public string? Owner { get; init; }

    /// <summary>Connections of a listener at a time: <c>instances=N</c>, from 1 to 253. Default: as many as there is
    /// memory for.</summary>
    public int? InstancesMax { get; private init; }

    /// <summary>What the system keeps of either direction: <c>buffer=BYTES</c>, from 4,096 to 1,048,576. Default
    /// 65,536. It counts against the quota of the listener's process, for each connection.</summary>
    public int BufferBytes { get; private init; } = PipeLimits.BufferBytes;

    /// <summary>What a client that waits with WaitNamedPipe and names no time waits at most: <c>timeout=MS</c>, from 1
    /// to 60,000. Default 50, the system's own. Culvert's clients have their own deadline.</summary>
    public int DefaultTimeoutMs { get; private init; } = PipeLimits.DefaultTimeoutMs;

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
            || name.AsSpan().ContainsAny('/', '\\', '\0') || host?.AsSpan().ContainsAny('\\', '\0') == true)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' is no name of a pipe on this system; write pipe://name or pipe://host/name, with up to "
                + $"{PipeLimits.NameLengthMax} characters and no slash in the name.");
        }

        return endpoint.Options.Aggregate(new PipeName(host, name), (result, option) =>
            result.With(option.Key, option.Value) ?? throw Unknown(endpoint, option));
    }

    private PipeName? With(string option, string value) => (option, value) switch
    {
        ("mode", "byte") => this with { IsMessageMode = false },
        ("mode", "message") => this with { IsMessageMode = true },
        ("remote", "reject") => this with { AdmitsRemote = false },
        ("remote", "allow") => this with { AdmitsRemote = true },
        ("owner", { Length: > 0 }) => this with { Owner = value },
        ("instances", _) when Number(value, 1, PipeLimits.InstancesMax) is { } count =>
            this with { InstancesMax = count },
        ("buffer", _) when Number(value, PipeLimits.BufferBytesMin, PipeLimits.BufferBytesMax) is { } bytes =>
            this with { BufferBytes = bytes },
        ("timeout", _) when Number(value, 1, PipeLimits.DefaultTimeoutMsMax) is { } timeoutMs =>
            this with { DefaultTimeoutMs = timeoutMs },
        _ => null,
    };

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max
            ? number
            : null;

    private static ConnectionException Unknown(Endpoint endpoint, KeyValuePair<string, string> option) => new(
        ConnectionError.InvalidEndpoint,
        $"'{endpoint}' says {option.Key}={option.Value}, which pipes do not know; there are mode=message, "
        + $"remote=allow, owner=USER, instances=1..{PipeLimits.InstancesMax}, "
        + $"buffer={PipeLimits.BufferBytesMin}..{PipeLimits.BufferBytesMax} and "
        + $"timeout=1..{PipeLimits.DefaultTimeoutMsMax}.");
}
