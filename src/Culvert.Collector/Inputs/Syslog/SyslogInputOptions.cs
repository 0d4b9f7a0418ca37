using Culvert.Connections;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>What a person says of an input of type <c>syslog</c>.</summary>
internal sealed record SyslogInputOptions
{
    /// <summary>Where to listen: <c>syslog+unix:///path</c> (datagrams, as /dev/log has them; with <c>?mode=stream</c>
    /// a stream),
    /// <c>syslog+udp://host:port</c> or <c>syslog+tcp://host:port</c>. No default.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Who may send to a Unix socket. Default: the same user only.</summary>
    public AccessPolicy Access { get; init; } = AccessPolicy.SameUser;

    /// <summary>Whether to listen beyond loopback although nothing there proves who sends. Default: false.</summary>
    public bool Insecure { get; init; }

    /// <summary>Longest message in bytes; of a longer one the head is kept. Default 256 KiB, of a datagram 64
    /// KiB.</summary>
    public int MessageBytesMax { get; init; } = Lines.LineLimits.LineBytesMax;

    /// <summary>Connections at a time, on a stream. Default 1,024.</summary>
    public int ConnectionsMax { get; init; } = InputLimits.ConnectionsMax;
}
