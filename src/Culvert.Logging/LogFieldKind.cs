namespace Culvert.Logging;

/// <summary>How a field's value is held.</summary>
internal enum LogFieldKind : byte
{
    /// <summary>Anything, null too.</summary>
    Object,

    Text,
    Int64,
    Double,
    Boolean,
}
