using System.CommandLine;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert config</c>: checks the configuration, shows what is in force, writes the schema for
/// editors.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new Command("config", "Check the configuration, or show what is in force.")
    {
        Check(),
        Show(),
        Settings(),
        Schema(),
    }.WithExamples("culvert config check --config culvert.json", "culvert config show");

    private static Command Check()
    {
        var options = new ConfigurationOptions();
        var command = new Command("check", "Say what is wrong, one sentence for each value.");
        options.AddTo(command);
        command.SetAction(result =>
        {
            if (options.Read(result, out var wrong) is not { } configuration) return wrong;
            Console.WriteLine(
                $"The configuration is right. Inputs: {Names(configuration.Inputs)}. "
                + $"Outputs: {Names(configuration.Outputs)}.");
            return ExitCode.Done;
        });
        return command.WithExamples("culvert config check --config culvert.json");
    }

    private static string Names(IReadOnlyList<ConfiguredObject> objects) =>
        objects.Count == 0 ? "none" : string.Join(", ", objects.Select(one => one.Name));

    private static Command Show()
    {
        var options = new ConfigurationOptions();
        var command = new Command("show", "Print every value in force and where it comes from.");
        options.AddTo(command);
        command.SetAction(result =>
        {
            if (options.Read(result, out var wrong) is not { } configuration) return wrong;
            foreach (var value in configuration.Values)
            {
                var texts = IsSecret(value.Setting.Name) && value.Texts.Any(text => text.Length > 0)
                    ? "..." : string.Join(", ", value.Texts.Select(Shown));
                Console.WriteLine($"{value.Path,-32} {texts,-32} {value.Origin}");
            }

            return ExitCode.Done;
        });
        return command.WithExamples("culvert config show", "CULVERT_SPOOL__MAXSIZE=1GiB culvert config show");
    }

    private static bool IsSecret(string name) => name is "password" or "apiKey" or "token";

    /// <summary>What is shown ends in tickets and chats, so a secret of a map stays out of it.</summary>
    private static string Shown(string text)
    {
        var name = text.AsSpan(0, Math.Max(0, text.IndexOf('=', StringComparison.Ordinal)));
        return name.Contains("password", StringComparison.OrdinalIgnoreCase)
            || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
            || name.Contains(".pem", StringComparison.OrdinalIgnoreCase) ? $"{name}=..." : text;
    }

    private static Command Settings()
    {
        var command = new Command("settings", "Print every setting there is, as Markdown.");
        command.SetAction(_ =>
        {
            Console.Write(ConfigurationDocument.Write(CollectorSettings.Catalog));
            return ExitCode.Done;
        });
        return command.WithExamples("culvert config settings | less");
    }

    private static Command Schema()
    {
        var command = new Command("schema", "Print the JSON schema of culvert.json, for editors.");
        command.SetAction(_ =>
        {
            Console.Write(ConfigurationSchema.Write(CollectorSettings.Catalog));
            return ExitCode.Done;
        });
        return command.WithExamples("culvert config schema > culvert.schema.json");
    }
}
