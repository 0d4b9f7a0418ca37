namespace Culvert.Collector.Intake;

/// <summary>Why a record was kept otherwise than it came. Nothing is dropped for these; they are counted.</summary>
internal enum MendReason
{
    /// <summary>A line was over the limit: its head is kept and marked as truncated, the rest was skipped.</summary>
    Cut,

    /// <summary>Bytes that are no UTF-8 became U+FFFD.</summary>
    InvalidText,

    /// <summary>A line that began like JSON is no JSON; it is kept as a plain line.</summary>
    BrokenJson,

    /// <summary>A syslog message that follows no known form; it is kept whole as text.</summary>
    BrokenSyslog,
}
