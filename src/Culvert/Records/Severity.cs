namespace Culvert.Records;

/// <summary>OpenTelemetry's severity numbers; source: opentelemetry.io/docs/specs/otel/logs/data-model,
/// SeverityNumber.</summary>
public enum Severity : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>1 to 4.</summary>
    Trace = 1,

    /// <summary>5 to 8.</summary>
    Debug = 5,

    /// <summary>9 to 12.</summary>
    Info = 9,

    /// <summary>13 to 16.</summary>
    Warn = 13,

    /// <summary>17 to 20.</summary>
    Error = 17,

    /// <summary>21 to 24.</summary>
    Fatal = 21,
}
