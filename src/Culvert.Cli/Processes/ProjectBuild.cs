namespace Culvert.Cli.Processes;

/// <summary>Builds a project of the repository that a command needs and the tool itself does not depend on.</summary>
internal static class ProjectBuild
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds it for release; returns the build's last lines when it fails.</summary>
    public static async Task<string?> RunAsync(string project, CancellationToken cancellation)
    {
        // The SDK leaves temporary files behind; they go with a folder of its own, which no server may outlive.
        var temporary = Directory.CreateTempSubdirectory("culvert-build-");
        try
        {
            await using var build = ChildProcess.Start(
                "dotnet",
                ["build", project, "-c", "Release", "-v", "quiet", "-nologo", "--disable-build-servers"],
                new Dictionary<string, string> { ["TMPDIR"] = temporary.FullName });
            await build.WaitForExitAsync(cancellation).WaitAsync(Limit, cancellation);
            return build.ExitCode == 0 ? null : build.LastLines;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
