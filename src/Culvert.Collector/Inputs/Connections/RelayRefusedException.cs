using Culvert.Shipping;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>A relay may not hand its records on here; nothing of what it sent is counted.</summary>
/// <param name="code">What the relay's program is told.</param>
/// <param name="message">What the person is told, here and there.</param>
internal sealed class RelayRefusedException(LogErrorCode code, string message) : Exception(message)
{
    public LogErrorCode Code => code;
}
