using Culvert.Collector.Configuration;
using Culvert.Collector.Outputs.Relay;
using Culvert.Collector.Web;

namespace Culvert.Collector.Consuming;

/// <summary>What a member is to do, read of the configuration.</summary>
internal sealed record ConsumerPlan
{
    public required ConsumerOptions Options { get; init; }

    /// <summary>Where it writes; null for a store.</summary>
    public ConfiguredObject? Output { get; init; }

    /// <summary>The data folder: of the store, or for the page's token.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the page and the metrics are; null for none.</summary>
    public HttpOptions? Http { get; init; }

    /// <summary>Whoever takes records in at a spool's door removes duplicates by the highest sequence of each
    /// producer.</summary>
    public bool TellsByHighest => Output is null or { Type: RelaySink.Type };

    /// <summary>Null and a sentence for a person when it does not say enough.</summary>
    /// <param name="configuration">What is in force.</param>
    /// <param name="dataFolder">Where the page's token is, without a store.</param>
    /// <param name="problem">What is missing, and where to write it.</param>
    public static ConsumerPlan? Read(CollectorConfiguration configuration, string dataFolder, out string problem)
    {
        var consume = configuration.Consume;
        problem = "";
        ConfiguredObject? output = null;
        var store = consume.Text("store");
        if (consume.Texts("brokers").Count == 0)
            problem = "There is no broker to read: name one with --brokers, or as consume.brokers in culvert.json.";
        else if (consume.Texts("topics").Count == 0)
            problem = "There is no topic to read: name one with --topics, or as consume.topics in culvert.json.";
        else if (store.Length == 0)
            output = Find(configuration, consume.Text("output"), out problem);
        if (problem.Length > 0) return null;
        return new ConsumerPlan
        {
            Options = ConsumerOptions.Of(consume),
            Output = output,
            Folder = store.Length > 0 ? store : dataFolder,
            Http = HttpOf(configuration.Http),
        };
    }

    private static ConfiguredObject? Find(CollectorConfiguration configuration, string name, out string problem)
    {
        problem = "";
        ConfiguredObject[] fitting =
            [.. configuration.Outputs.Where(output => output.Type is not (Store.StoreOutput.Type or "kafka"))];
        if (name.Length == 0)
        {
            if (fitting is [var only]) return only;
            problem = fitting.Length == 0
                ? "There is nowhere to write to: name a folder with --store, or write an output into culvert.json."
                : $"There are several outputs ({string.Join(", ", fitting.Select(output => output.Name))}): say with "
                    + "--output, or as consume.output in culvert.json, which one is written to.";
            return null;
        }

        var found = fitting.FirstOrDefault(output => output.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is not null) return found;
        problem = configuration.Outputs.Any(output => output.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ? $"The output '{name}' is no place to write to for a reader of Kafka: take --store FOLDER for a store."
            : $"There is no output '{name}'{ConfigurationReader.Suggest(name, fitting.Select(output => output.Name))}";
        return null;
    }

    // A collector on the same machine has the default address, so it must be written.
    private static HttpOptions? HttpOf(ConfiguredObject http) =>
        http.Boolean("enabled") && http.IsSet("address") ? HttpOptions.Of(http) : null;
}
