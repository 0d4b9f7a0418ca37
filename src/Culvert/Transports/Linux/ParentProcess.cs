using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Linux;

/// <summary>The process that started this one and gave it its streams.</summary>
internal sealed class ParentProcess : IPeerFate
{
    // The number of the first process, and of whoever takes in those whose parent is gone.
    private const int Init = 1;

    private readonly int _processId = Libc.GetParentProcessId();

    public ParentProcess() => Peer = _processId > Init
        ? PeerLookup.OfProcess(_processId)
        : new Peer { IsLocal = true };

    public Peer Peer { get; }

    public void Ask(Action<CloseReason> answer) => answer(
        _processId > Init && ProcessState.IsEnding(_processId)
            ? new CloseReason(CloseKind.PeerDied, $"The parent process {_processId} ended without closing.")
            : default);
}
