using Culvert.Collector.Intake;
using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs;

/// <summary>What every input is given when it is made.</summary>
/// <param name="Name">Its name in the configuration, under which the ledger counts.</param>
/// <param name="Intake">Where its records go.</param>
/// <param name="Ledger">Where it counts what the intake never sees.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where the collector's own messages go.</param>
internal sealed record InputContext(
    string Name, IIntake Intake, Ledger Ledger, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>Which collector this is (<see cref="CollectorIdentity"/>): what was relayed from here is not taken
    /// back.</summary>
    public UInt128 Collector { get; init; }

    /// <summary>Where it looks for a socket that is bound already; null when the collector was started with
    /// none.</summary>
    public IInheritedSockets? Sockets { get; init; }
}
