using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>One call of ConnectAsync: its token ends with the deadline too, and it remembers what it met.</summary>
internal sealed class DialAttempt(Endpoint endpoint, CancellationToken cancellationToken)
{
    public Endpoint Endpoint { get; } = endpoint;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Somebody listened and had no room, so that a passed deadline means Busy.</summary>
    public bool WasBusy { get; set; }
}
