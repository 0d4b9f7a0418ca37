using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Tls;

/// <summary>What TLS listeners log. Event ids 1180 to 1199.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(1180, LogLevel.Warning,
        "Refused a client at {Endpoint} from {Remote}, {Subject}: {Problem} {Before} were refused before it without "
        + "a line.")]
    public static partial void Refused(
        ILogger logger, Endpoint endpoint, object? remote, string subject, string problem, long before);

    [LoggerMessage(1181, LogLevel.Information,
        "The certificate of {Endpoint} was read again: {Subject}, until {Until}.")]
    public static partial void Reloaded(ILogger logger, Endpoint endpoint, string subject, DateTimeOffset until);

    [LoggerMessage(1182, LogLevel.Error,
        "The changed certificate of {Endpoint} cannot be used, so the one before stays in use. {Problem}")]
    public static partial void ReloadFailed(ILogger logger, Endpoint endpoint, string problem);

    [LoggerMessage(1184, LogLevel.Information,
        "Admitted a client at {Endpoint} from {Remote}, {Subject}. {Before} were admitted before it without a line.")]
    public static partial void Admitted(
        ILogger logger, Endpoint endpoint, object? remote, string subject, long before);

    [LoggerMessage(1185, LogLevel.Information,
        "At {Endpoint} {Admitted} more clients were admitted and {Refused} refused, without a line each.")]
    public static partial void Untold(ILogger logger, Endpoint endpoint, long admitted, long refused);

    [LoggerMessage(1183, LogLevel.Warning, "A connection at {Endpoint} was lost before its handshake was over.")]
    public static partial void AcceptFailed(ILogger logger, Endpoint endpoint, Exception exception);
}
