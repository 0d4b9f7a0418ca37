namespace Culvert.Transports.StandardStreams;

/// <summary>How a child process ended.</summary>
/// <param name="Code">Its exit code; for one that a signal ended 128 and the signal's number, as a shell says
/// it.</param>
/// <param name="Signal">The number of the signal that ended it, on Linux; null when it ended by itself.</param>
public readonly record struct ChildExit(int Code, int? Signal)
{
    /// <summary>It ended by itself and says that all went well.</summary>
    public bool IsSuccess => Code == 0 && Signal is null;

    /// <summary>For a person: "ended with exit code 3", "was ended by signal 9".</summary>
    public override string ToString() =>
        Signal is { } signal ? $"was ended by signal {signal}" : $"ended with exit code {Code}";
}
