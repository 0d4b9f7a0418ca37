namespace Culvert.Records;

/// <summary>What a record carries; see <see cref="RecordLayout"/>.</summary>
[Flags]
public enum RecordFlags : byte
{
    /// <summary>Nothing optional.</summary>
    None = 0,

    /// <summary>A trace context.</summary>
    Trace = 1,

    /// <summary>A message template.</summary>
    Template = 2,

    /// <summary>A logger name (category, instrumentation scope).</summary>
    Logger = 4,

    /// <summary>An event name.</summary>
    EventName = 8,

    /// <summary>The body is JSON text, not a plain string.</summary>
    BodyIsJson = 16,

    /// <summary>Something was longer than its limit and was cut.</summary>
    Truncated = 32,
}
