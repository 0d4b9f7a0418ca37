using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Files;

internal static partial class FilesLog
{
    [LoggerMessage(2600, LogLevel.Debug, "Following {Path} from byte {Position}")]
    public static partial void Following(this ILogger logger, string path, long position);

    [LoggerMessage(2601, LogLevel.Warning,
        "{Path} cannot be read ({Reason}); give the collector permission to read it. It is tried again at every scan")]
    public static partial void CannotRead(this ILogger logger, string path, string reason);

    [LoggerMessage(2602, LogLevel.Information,
        "{Path} was truncated or written over after {Position} bytes were read; it is read from its beginning")]
    public static partial void Truncated(this ILogger logger, string path, long position);

    [LoggerMessage(2603, LogLevel.Debug, "No longer following {Path}, read up to byte {Position}")]
    public static partial void Left(this ILogger logger, string path, long position);

    [LoggerMessage(2604, LogLevel.Warning,
        "More than {Max} files match; the others wait until one is gone. Narrow the patterns")]
    public static partial void TooManyFiles(this ILogger logger, int max);

    [LoggerMessage(2605, LogLevel.Warning,
        "The read positions cannot be saved in {Path} ({Reason}); make room there. Reading goes on where it safely "
        + "can")]
    public static partial void CannotSave(this ILogger logger, string path, string reason);

    [LoggerMessage(2606, LogLevel.Warning,
        "Changes below {Folder} are not reported by the system ({Reason}); they are polled for")]
    public static partial void CannotWatch(this ILogger logger, string folder, string reason);

    [LoggerMessage(2607, LogLevel.Error, "The intake did not understand a batch from {Path}: {Reason}")]
    public static partial void Refused(this ILogger logger, string path, string? reason);

    [LoggerMessage(2608, LogLevel.Error, "Following files failed and goes on after a pause")]
    public static partial void Failed(this ILogger logger, Exception error);
}
