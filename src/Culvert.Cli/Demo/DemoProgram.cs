using Culvert.Cli.Processes;

namespace Culvert.Cli.Demo;

/// <summary>One program of the demo: a real one, which knows nothing of the demo.</summary>
/// <param name="Name">What the demo calls it.</param>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables it is given beside ours.</param>
internal sealed record DemoProgram(
    string Name, string File, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string>? Environment = null)
{
    public ChildProcess Start() => ChildProcess.Start(File, Arguments, Environment);
}
