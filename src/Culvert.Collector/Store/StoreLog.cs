using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>What the store says of itself. Event ids 500 to 599.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(500, LogLevel.Information, "Began the store file {File} at position {Position}.")]
    public static partial void FileBegun(ILogger logger, string file, ulong position);

    [LoggerMessage(
        501, LogLevel.Information, "Deleted the store file {File} with {Records} records, as retention says.")]
    public static partial void FileExpired(ILogger logger, string file, long records);

    [LoggerMessage(502, LogLevel.Error, "The store file {File} cannot be read ({Problem}) and was renamed to "
        + "{Damaged}; what the spool still has of it is stored again.")]
    public static partial void FileSetAside(ILogger logger, string file, string problem, string damaged);

    [LoggerMessage(503, LogLevel.Error,
        "A block of the store file {File} is damaged ({Problem}): its {Records} records are left out of searches.")]
    public static partial void BlockDamaged(ILogger logger, string file, string problem, int records);

    [LoggerMessage(504, LogLevel.Warning,
        "{Records} records before position {Position} are in no entry of the spool and are counted as missing.")]
    public static partial void RecordsMissing(ILogger logger, ulong records, ulong position);

    [LoggerMessage(505, LogLevel.Error,
        "The store could not write ({Problem}) and tries again in {Delay}; what waits is safe in the spool.")]
    public static partial void WriteFailed(ILogger logger, string problem, TimeSpan delay);

    [LoggerMessage(
        506, LogLevel.Warning, "The store file {File} could not be deleted ({Problem}); it is tried again later.")]
    public static partial void DeleteFailed(ILogger logger, string file, string problem);

    [LoggerMessage(507, LogLevel.Warning,
        "A spool entry at position {Position} cannot be read: its {Records} records are counted as missing.")]
    public static partial void EntryUnreadable(ILogger logger, ulong position, int records);
}
