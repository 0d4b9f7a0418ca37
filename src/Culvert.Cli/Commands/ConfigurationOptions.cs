using System.CommandLine;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Commands;

/// <summary>The options by which <c>up</c> and <c>config</c> are configured, and how they become a
/// configuration.</summary>
internal sealed class ConfigurationOptions
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

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_listen);
        command.Options.Add(_http);
    }

    /// <summary>What is in force, or null after the problems were printed.</summary>
    public CollectorConfiguration? Read(ParseResult result)
    {
        var problems = new List<string>();
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
        [
            .. ReadFile(result, problems),
            .. ConfigurationSources.ReadEnvironment(Environment.GetEnvironmentVariables()),
            .. ReadOptions(result),
        ]);
        problems.AddRange(reader.Problems);
        foreach (var problem in problems) Console.Error.WriteLine($"culvert: {problem}");
        return problems.Count == 0 ? configuration : null;
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
