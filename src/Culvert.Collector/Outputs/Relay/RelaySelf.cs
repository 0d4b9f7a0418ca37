using System.Security.Cryptography;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>Who relays.</summary>
/// <param name="Collector">This side's id, told to the other one; see <see cref="CollectorIdentity"/>.</param>
/// <param name="Member">Which of its relays: the other side serves one connection of each.</param>
/// <param name="Ledger">Where producers report what they dropped; null where none do.</param>
internal sealed record RelaySelf(UInt128 Collector, ulong Member, Ledger? Ledger)
{
    /// <summary>The number of a collector's output, the same after each start.</summary>
    public static ulong MemberOf(string output) => (ulong)CollectorIdentity.OfName(output);

    /// <summary>A member of a consumer group. All of a group have one id, so that what went round through Kafka is
    /// known whichever of them reads it.</summary>
    public static RelaySelf OfGroup(string group) => new(
        CollectorIdentity.OfName($"culvert consume {group}"), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        Ledger: null);
}
