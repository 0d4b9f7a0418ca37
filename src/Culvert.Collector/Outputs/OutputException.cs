namespace Culvert.Collector.Outputs;

/// <summary>An output cannot go on; its message is a sentence for a person. The output begins anew at its cursor
/// after a while.</summary>
internal sealed class OutputException(string message, Exception? innerException = null)
    : Exception(message, innerException);
