namespace Culvert.Cli.Reading;

/// <summary>A collector cannot be read; the message is a sentence for a person.</summary>
internal sealed class ReaderException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
