using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs;

/// <summary>What the outputs say of themselves. Event ids 700 to 799.</summary>
internal static partial class OutputLog
{
    [LoggerMessage(700, LogLevel.Warning,
        "The output {Output} waits and tries again; its records are safe in the spool. {Problem}")]
    public static partial void Failed(ILogger logger, string output, string problem);

    [LoggerMessage(701, LogLevel.Information, "The output {Output} delivers again.")]
    public static partial void Recovered(ILogger logger, string output);

    [LoggerMessage(702, LogLevel.Error,
        "The output {Output} passed over {Records} records that the other side will never take. {Problem}")]
    public static partial void Rejected(ILogger logger, string output, long records, string problem);

    [LoggerMessage(703, LogLevel.Warning,
        "There are more dead letters of the output {Output} than are kept; the oldest ones go with {File}.")]
    public static partial void LettersForgotten(ILogger logger, string output, string file);

    [LoggerMessage(705, LogLevel.Information,
        "The output {Output} made fields of the first 500 numeric attributes in {Index}. {Count} more are found and "
        + "compared by queries, but have no field for charts: {Names}")]
    public static partial void NumbersLeftOut(ILogger logger, string output, string index, int count, string names);
}
