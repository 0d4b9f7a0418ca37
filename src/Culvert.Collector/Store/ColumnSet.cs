namespace Culvert.Collector.Store;

/// <summary>Which parts of a block's records somebody wants to see. Positions, times and severities are always
/// there.</summary>
[Flags]
internal enum ColumnSet
{
    /// <summary>Position, time, severity, flags.</summary>
    Numbers = 0,
    Observed = 1,
    Sources = 2,
    Loggers = 4,
    Templates = 8,
    EventNames = 16,
    Traces = 32,
    Bodies = 64,
    Attributes = 128,
    All = 255,
}
