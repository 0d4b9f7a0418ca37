using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

internal static partial class SpoolLog
{
    [LoggerMessage(2001, LogLevel.Information,
        "The spool in {Folder} is open: positions {First} to {Next}, "
        + "{Replayed} records read again since the checkpoint.")]
    public static partial void Opened(ILogger logger, string folder, ulong first, ulong next, ulong replayed);

    [LoggerMessage(2002, LogLevel.Information,
        "The end of {Segment} was not finished when the collector stopped; "
        + "{Bytes} bytes that nobody was told of are cut off.")]
    public static partial void TailCut(ILogger logger, string segment, long bytes);

    [LoggerMessage(2003, LogLevel.Error,
        "Records {From} to {To} of the spool are damaged on disk and are lost; the rest goes on. Check the disk.")]
    public static partial void Damaged(ILogger logger, ulong from, ulong to);

    [LoggerMessage(2004, LogLevel.Error,
        "The spool could not write to {Segment}, and nothing of it was acknowledged; "
        + "it tries again in a new place. {Problem}")]
    public static partial void WriteFailed(ILogger logger, string segment, string problem, Exception exception);

    [LoggerMessage(2005, LogLevel.Error,
        "The spool's checkpoint could not be written; nothing is deleted until it can. {Problem}")]
    public static partial void CheckpointFailed(ILogger logger, string problem, Exception exception);

    [LoggerMessage(2006, LogLevel.Warning,
        "The disk of {Folder} has {FreeBytes} bytes left: {Effect}. Free some space; it recovers by itself.")]
    public static partial void DiskShort(ILogger logger, string folder, long freeBytes, string effect);

    [LoggerMessage(2007, LogLevel.Information, "The disk of {Folder} has space again: everything is taken.")]
    public static partial void DiskRecovered(ILogger logger, string folder);

    [LoggerMessage(2008, LogLevel.Warning,
        "Records up to {Position} expired: they were older or more than the spool keeps, "
        + "and {Output} had not taken {Records} of them.")]
    public static partial void Expired(ILogger logger, ulong position, string output, ulong records);

    [LoggerMessage(
        2009, LogLevel.Error, "A file of the spool could not be deleted, which is tried again later. {Problem}")]
    public static partial void DeleteFailed(ILogger logger, string problem, Exception exception);

    [LoggerMessage(2010, LogLevel.Error,
        "The spool's checkpoint in {Folder} cannot be read; "
        + "everything is read again from the segments, cursors start at the oldest record.")]
    public static partial void CheckpointLost(ILogger logger, string folder);
}
