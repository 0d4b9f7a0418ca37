using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;

namespace Culvert.Transports.StandardStreams;

/// <summary>The process that made this one's streams, which this one did not start.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ProcessFate(PeerProcess? process) : IPeerFate
{
    public void Ask(Action<CloseReason> answer) => answer(
        process is { HasExited: true }
            ? new CloseReason(CloseKind.PeerDied, $"The parent process {process.Id} ended without closing.")
            : default);
}
