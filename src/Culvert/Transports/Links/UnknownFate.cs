using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>Nobody knows which process is on the other side.</summary>
internal sealed class UnknownFate : IPeerFate
{
    private UnknownFate()
    {
    }

    public static UnknownFate Instance { get; } = new();

    public void Ask(Action<CloseReason> answer) => answer(default);
}
