using Culvert.Connections;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>What an input does with a connection, which the caller closes afterwards.</summary>
internal interface IConnectionService
{
    /// <summary>Serves a connection until it ends.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="stopping">Cancelled when nothing more is to be read; what was read is still made durable.</param>
    /// <param name="abandoning">Cancelled when what is held must be left behind.</param>
    Task ServeAsync(Connection connection, CancellationToken stopping, CancellationToken abandoning);

    /// <summary>Says, where the protocol can, why a connection is not served.</summary>
    Task TurnAwayAsync(Connection connection, string reason);
}
