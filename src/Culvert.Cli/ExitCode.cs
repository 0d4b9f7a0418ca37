namespace Culvert.Cli;

/// <summary>What the commands answer to the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It failed, or nothing was found.</summary>
    public const int Failed = 1;

    /// <summary>It was called wrongly.</summary>
    public const int Usage = 2;
}
