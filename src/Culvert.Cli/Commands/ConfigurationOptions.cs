using System.CommandLine;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Commands;

/// <summary>The options by which <c>up</c>, <c>config</c> and <c>consume</c> are configured, and how they become a
/// configuration.</summary>
/// <param name="settings">Options of the command's own, each with the path of the setting that it sets; several values
/// become a list.</param>
internal sealed class ConfigurationOptions(params (Option<string[]> Option, string Path)[] settings)
{
    private readonly Option<FileInfo?> _config = new("--config")
    {
        Description = $"Configuration file; without one, {UserFolders.ConfigurationFile} where it is there",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _listen = new("--listen")
    {
        Description = "Endpoint to take records at in place of local://culvert: local://, unix://, pipe:// or tcp://; "
            + "or, beside it, syslog+unix://, syslog+udp:// or syslog+tcp://; may stand several times",
        HelpName = "ENDPOINT",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _http = new("--http")
    {
        Description = "Address of the page and the API; port 0 lets the system choose",
        HelpName = "ADDRESS",
    };

    public void AddTo(Command command, bool listens = true)
    {
        foreach (var (option, _) in settings) command.Options.Add(option);
        command.Options.Add(_config);
        if (listens) command.Options.Add(_listen);
        command.Options.Add(_http);
    }

    /// <summary>What is in force, or null and the exit code after the problems were printed: that of a failure when
    /// the file does not check, and that of wrong usage when it is the options or the environment.</summary>
    public CollectorConfiguration? Read(ParseResult result, out int exitCode)
    {
        exitCode = ExitCode.Done;
        if (result.GetValue(_config) is { Exists: false } missing)
        {
            Console.Error.WriteLine($"culvert: There is no file {missing.FullName}, which --config names.");
            exitCode = ExitCode.Usage;
            return null;
        }

        var problems = new List<string>();
        var file = ReadFile(result, problems);
        var configuration = Check(
        [
            .. file,
            .. ConfigurationSources.ReadEnvironment(Environment.GetEnvironmentVariables()),
            .. ReadOptions(result),
        ],
        problems);
        if (problems.Count == 0) return configuration;

        foreach (var problem in problems) Console.Error.WriteLine($"culvert: {problem}");
        var problemsOfFile = new List<string>();
        ReadFile(result, problemsOfFile);
        Check(file, problemsOfFile);
        exitCode = problemsOfFile.Count > 0 ? ExitCode.Failed : ExitCode.Usage;
        return null;
    }

    private static CollectorConfiguration Check(IReadOnlyList<RawValue> values, List<string> problems)
    {
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(values);
        problems.AddRange(reader.Problems);
        return configuration;
    }

    private IReadOnlyList<RawValue> ReadFile(ParseResult result, List<string> problems)
    {
        var file = result.GetValue(_config)?.FullName;
        if (file is null && !File.Exists(UserFolders.ConfigurationFile)) return [];
        return ConfigurationSources.ReadFile(file ?? UserFolders.ConfigurationFile, problems);
    }

    private IEnumerable<RawValue> ReadOptions(ParseResult result)
    {
        if (result.GetValue(_http) is { } address)
            yield return ConfigurationSources.Option("http.address", address, "--http");

        foreach (var (option, path) in settings)
        {
            if (result.GetValue(option) is { Length: > 0 } values)
                yield return ConfigurationSources.Option(path, string.Join(',', values), option.Name);
        }

        if (result.GetResult(_listen) is null) yield break;
        var (listens, syslogs) = (0, 0);
        foreach (var endpoint in result.GetValue(_listen) ?? [])
        {
            var isSyslog = endpoint.StartsWith("syslog+", StringComparison.OrdinalIgnoreCase);
            var type = isSyslog ? "syslog" : "listen";
            var name = $"inputs.{type}{(isSyslog ? ++syslogs : ++listens)}";
            yield return ConfigurationSources.Option($"{name}.type", type, "--listen");
            yield return ConfigurationSources.Option($"{name}.endpoint", endpoint, "--listen");
        }
    }
}
