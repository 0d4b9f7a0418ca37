using System.CommandLine;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Commands;

/// <summary>The option that names the data folder, the same for every command.</summary>
internal static class DataOption
{
    public static Option<string?> Create() => new("--data")
    {
        Description = $"Data folder of the collector; without one, {UserFolders.Data}",
        HelpName = "DIR",
    };
}
