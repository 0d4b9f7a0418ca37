using Culvert.Cli.Processes;

namespace Culvert.Cli.Demo;

/// <summary>Finds and builds the programs of the demo: the samples, and the system's logger.</summary>
internal static class DemoPrograms
{
    /// <summary>The service that is killed and restarted.</summary>
    public const string Shop = "shop";

    /// <summary>The repository's folder, seen from the built tool.</summary>
    public static string Root { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));

    private static string ShopAssembly => Path.Combine(
        Root, "artifacts", "bin", "WebService", "release", "Culvert.Samples.WebService.dll");

    /// <summary>Builds the web service when its source is newer than its build; returns the build's output when it
    /// fails.</summary>
    public static async Task<string?> BuildAsync(CancellationToken cancellationToken)
    {
        var source = Path.Combine(Root, "samples", "WebService");
        if (!Directory.Exists(source)) return $"There is no folder {source}; the demo needs the repository.";
        return File.Exists(ShopAssembly) && !IsNewer(source, ShopAssembly)
            ? null
            : await ProjectBuild.RunAsync(source, cancellationToken);
    }

    /// <summary>The programs that can run here, and a sentence for each that cannot.</summary>
    public static (IReadOnlyList<DemoProgram> Programs, IReadOnlyList<string> Missing) Find(
        string socketPath, string syslogPath)
    {
        var (programs, missing) = (new List<DemoProgram>(), new List<string>());
        var endpoint =
            new Dictionary<string, string>(StringComparer.Ordinal) { ["CULVERT_ENDPOINT"] = $"unix://{socketPath}" };
        programs.Add(new DemoProgram(Shop, "dotnet", [ShopAssembly], endpoint));

        var scripts = Path.Combine(Root, "samples", "shell-logger");
        if (Which("python3"))
            programs.Add(new DemoProgram("sensors", "python3", [Path.Combine(scripts, "sensors.py"), socketPath]));
        else missing.Add("python3 is not here, so sensors.py does not run.");

        // The shell prints what a script would print, and the system's logger carries it to the syslog socket.
        if (Which("logger"))
            programs.Add(new DemoProgram("logger", "/bin/sh", ["-c", LoggerLoop, "logger", syslogPath]));
        else missing.Add("The system's logger is not here, so nothing comes by syslog.");
        return (programs, missing);
    }

    private const string LoggerLoop = """
        n=0
        while n=$((n + 1)); do
            logger -u "$1" -t backup -p user.info "copied volume $n, $((n * 37 % 900)) files changed"
            [ $((n % 7)) -ne 0 ] || logger -u "$1" -t backup -p user.warning "volume $n is nearly full"
            sleep 0.4
        done
        """;

    private static bool IsNewer(string folder, string file)
    {
        var built = File.GetLastWriteTimeUtc(file);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Any(source => File.GetLastWriteTimeUtc(source) > built);
    }

    private static bool Which(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
