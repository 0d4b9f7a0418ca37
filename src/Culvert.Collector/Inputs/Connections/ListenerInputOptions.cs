using Culvert.Connections;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>What a person says of an input of type <c>listen</c>.</summary>
internal sealed record ListenerInputOptions
{
    /// <summary>Where to listen. Default: <c>local://culvert</c>.</summary>
    public string Endpoint { get; init; } = "local://culvert";

    /// <summary>Who may connect, where the kernel tells. Default: the same user only.</summary>
    public AccessPolicy Access { get; init; } = AccessPolicy.SameUser;

    /// <summary>Whether to listen beyond loopback although nothing there proves who sends. Default: false.</summary>
    public bool Insecure { get; init; }

    /// <summary>Which clients may relay records of others. Default: none.</summary>
    public RelayRule Relay { get; init; } = RelayRule.Nobody;

    /// <summary>Longest line in bytes; of a longer one the head is kept. Default 256 KiB, range 256 B to 256
    /// KiB.</summary>
    public int LineBytesMax { get; init; } = Lines.LineLimits.LineBytesMax;

    /// <summary>Connections at a time. Default 1,024. Each may hold some MiB while it sends.</summary>
    public int ConnectionsMax { get; init; } = InputLimits.ConnectionsMax;

    /// <summary>Connections of one user at a time. Default 512.</summary>
    public int ConnectionsPerUserMax { get; init; } = InputLimits.ConnectionsPerUserMax;

    /// <summary>How long a native client may take for its handshake. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = InputLimits.HandshakeTimeout;
}
