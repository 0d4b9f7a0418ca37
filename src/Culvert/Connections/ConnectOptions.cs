using Culvert.Security;

namespace Culvert.Connections;

/// <summary>How a connection is made.</summary>
public sealed class ConnectOptions
{
    /// <summary>How long to try in all. Default 5 s; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits
    /// for ever.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How <c>tls://</c> proves who is on both sides; what stands in the endpoint wins. Default: what
    /// stands in the endpoint, and the authorities that the system trusts.</summary>
    public TlsOptions? Tls { get; init; }
}
