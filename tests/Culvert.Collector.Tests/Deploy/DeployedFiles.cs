using System.Text.Json.Nodes;
using Culvert.Cli;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;
using Culvert.Tests;
using YamlDotNet.RepresentationModel;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>Reads what is shipped in the folder deploy, and asks the product whether it takes it.</summary>
internal static class DeployedFiles
{
    /// <summary>The user of the image that the container file makes.</summary>
    public const string User = "1654";

    public static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Culvert.slnx"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    public static string PathOf(params string[] parts) => Path.Combine([Root, "deploy", .. parts]);

    /// <summary>The documents of a YAML file as JSON, anchors resolved; each scalar is a string.</summary>
    public static List<JsonNode> Yaml(params string[] parts)
    {
        using var reader = new StreamReader(PathOf(parts));
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => ToJson(document.RootNode)!)];
    }

    /// <summary>What is wrong with a configuration, as <c>culvert config check</c> says it.</summary>
    public static IReadOnlyList<string> Problems(string json, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "culvert.json");
        File.WriteAllText(path, json);
        var problems = new List<string>();
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>());
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        reader.Read(
        [
            .. ConfigurationSources.ReadFile(path, problems), .. ConfigurationSources.ReadEnvironment(variables),
        ]);
        return [.. problems, .. reader.Problems];
    }

    /// <summary>Fails unless the command line takes these arguments.</summary>
    public static void AssertCommandLine(IEnumerable<string> arguments)
    {
        var result = CommandLine.Parse([.. arguments]);
        Assert.Empty(result.Errors.Select(error => error.Message));
        Assert.Null(UnknownOption.Find(result));
        Assert.NotNull(result.Action);
    }

    /// <summary>A version and not a word that means another image tomorrow.</summary>
    public static void AssertPinned(string image) =>
        Assert.Matches(@"^[a-z0-9./-]+:v?\d+\.\d+\.\d+(-[a-z-]+)?$", image);

    public static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(item => (string)item!);

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Merged(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    /// <summary>What stands in a mapping itself wins over what '&lt;&lt;' brings in.</summary>
    private static JsonObject Merged(YamlMappingNode mapping)
    {
        var merged = new JsonObject();
        foreach (var (key, value) in mapping.Children.OrderByDescending(pair => Name(pair.Key) == "<<"))
        {
            if (Name(key) != "<<") merged[Name(key)] = ToJson(value);
            else foreach (var (name, brought) in ToJson(value)!.AsObject()) merged[name] = brought?.DeepClone();
        }

        return merged;
    }

    private static string Name(YamlNode key) => ((YamlScalarNode)key).Value!;
}
