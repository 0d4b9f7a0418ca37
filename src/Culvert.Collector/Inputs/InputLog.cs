using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs;

/// <summary>What the inputs that take connections or datagrams say of themselves. Event ids 2000 to 2099.</summary>
internal static partial class InputLog
{
    [LoggerMessage(2000, LogLevel.Information, "The input '{Input}' takes records at {Endpoint}.")]
    public static partial void Listening(ILogger logger, string input, string endpoint);

    [LoggerMessage(2001, LogLevel.Warning, "The input '{Input}' turned a client away: {Reason}")]
    public static partial void TurnedAway(ILogger logger, string input, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "The input '{Input}' gave up on a client ({Client}): {Reason}")]
    public static partial void GaveUp(ILogger logger, string input, string client, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "The input '{Input}' could not accept a connection and tries again.")]
    public static partial void AcceptFailed(ILogger logger, string input, Exception exception);

    [LoggerMessage(2004, LogLevel.Error, "A connection of the input '{Input}' ended with an unexpected error.")]
    public static partial void SessionFailed(ILogger logger, string input, Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "The input '{Input}' holds its records, since the disk is full: {Reason}")]
    public static partial void Holding(ILogger logger, string input, string reason);

    [LoggerMessage(2006, LogLevel.Warning, "The input '{Input}' left {Records} records behind when it was stopped.")]
    public static partial void LeftBehind(ILogger logger, string input, long records);

    [LoggerMessage(2007, LogLevel.Error, "The input '{Input}' could not hand over a batch, which is a bug: {Reason}")]
    public static partial void Refused(ILogger logger, string input, string reason);

    [LoggerMessage(2008, LogLevel.Warning, "The input '{Input}' could not read a datagram and goes on.")]
    public static partial void DatagramFailed(ILogger logger, string input, Exception exception);
}
