using Culvert.Collector.Configuration;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Inputs.Journals;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Connections;
using Culvert.Journals;

namespace Culvert.Collector;

/// <summary>Makes an input from its part of the configuration.</summary>
internal static class InputFactory
{
    public static IInput Create(ConfiguredObject configured, InputContext context, string dataFolder) =>
        configured.Type switch
    {
        "listen" => new ListenerInput(context, new ListenerInputOptions
        {
            Endpoint = configured.Text("endpoint"),
            Access = Access(configured),
            Insecure = configured.Boolean("insecure"),
            Relay = new RelayRule(configured.Boolean("relay"), configured.Texts("relayFrom")),
        }),
        "syslog" => new SyslogInput(context, new SyslogInputOptions
        {
            Endpoint = configured.Text("endpoint"),
            Access = Access(configured),
            Insecure = configured.Boolean("insecure"),
        }),
        "files" => new FilesInput(context, FilesOptionsOf(configured, dataFolder)),
        "otlp" => new OtlpInput(context),
        "clef" => new ClefInput(context),
        "journal" when configured.Text("folder") is { Length: > 0 } folder => new JournalInput(context, folder),
        "journal" => new JournalInput(
            context, JournalFolder.OnDisk(dataFolder), JournalFolder.InMemory(dataFolder)) { IsOptional = true },
        _ => throw new InvalidOperationException($"There is no input of type '{configured.Type}'."),
    };

    private static FilesOptions FilesOptionsOf(ConfiguredObject configured, string dataFolder)
    {
        var positions = Directory.CreateDirectory(Path.Combine(dataFolder, "positions")).FullName;
        var options = new FilesOptions
        {
            Patterns = configured.Texts("paths"),
            StateFile = Path.Combine(positions, configured.Name),
            Format = Enum.Parse<FilesFormat>(configured.Text("format"), ignoreCase: true),
            FromEnd = configured.Text("startAt") == "end",
            ServiceName = configured.Text("service") is { Length: > 0 } service ? service : null,
        };
        return configured.IsSet("exclude") ? options with { Exclude = configured.Texts("exclude") } : options;
    }

    private static AccessPolicy Access(ConfiguredObject configured)
    {
        if (configured.Boolean("everyone")) return AccessPolicy.EveryoneLocal;
        var (users, groups) = (configured.Texts("users"), configured.Texts("groups"));
        return users.Count == 0 && groups.Count == 0 ? AccessPolicy.SameUser : AccessPolicy.Named(users, groups);
    }
}
