using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Web;

/// <summary>What the HTTP side says of itself.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(7000, LogLevel.Information, "The page is at {Address}.")]
    public static partial void Started(ILogger logger, Uri address);

    [LoggerMessage(7001, LogLevel.Warning,
        "Refused {Method} {Path} from {Remote}: {Sentence} ({More} more refusals since the last line.)")]
    public static partial void Refused(
        ILogger logger, string method, string path, string remote, string sentence, long more);

    [LoggerMessage(7002, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(7003, LogLevel.Warning, "The token in {File} can be read by other users; run: chmod 600 {File}")]
    public static partial void TokenIsOpen(ILogger logger, string file);

    [LoggerMessage(7004, LogLevel.Information, "Made a new token for HTTP in {File}.")]
    public static partial void TokenMade(ILogger logger, string file);
}
