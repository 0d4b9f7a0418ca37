using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Consuming;

/// <summary>What a member of a consumer group says of itself. Event ids 800 to 849.</summary>
internal static partial class ConsumeLog
{
    [LoggerMessage(800, LogLevel.Information,
        "The group {Group} gave {Partitions}; {Count} partitions are this member's.")]
    public static partial void Assigned(ILogger logger, string group, string partitions, int count);

    [LoggerMessage(801, LogLevel.Information, "The group {Group} took {Partitions} back (lost: {AreLost}).")]
    public static partial void Revoked(ILogger logger, string group, string partitions, bool areLost);

    [LoggerMessage(802, LogLevel.Warning, "The member of the group {Group} goes on trying. {Problem}")]
    public static partial void Troubled(ILogger logger, string group, string problem);

    [LoggerMessage(803, LogLevel.Warning,
        "Offsets of the group {Group} were not committed ({Problem}); they are with the next commit.")]
    public static partial void CommitFailed(ILogger logger, string group, string problem);
}
