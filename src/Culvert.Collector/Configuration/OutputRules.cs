using Culvert.Collector.Consuming;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Outputs.Relay;
using Culvert.Connections;
using Culvert.Transports;

namespace Culvert.Collector.Configuration;

/// <summary>What the values of outputs must be to each other.</summary>
internal static class OutputRules
{
    public static IEnumerable<string> Problems(IReadOnlyList<ConfiguredObject> outputs) =>
        OnlyOne(outputs, "store").Concat(OnlyOne(outputs, "stdout")).Concat(OwnFiles(outputs))
            .Concat(outputs.Where(output => output.Type == "kafka").SelectMany(Kafka))
            .Concat(outputs.Where(output => output.Type == "elasticsearch").SelectMany(Elasticsearch))
            .Concat(outputs.Where(output => output.Type == RelaySink.Type).SelectMany(Relay));

    private static IEnumerable<string> OnlyOne(IReadOnlyList<ConfiguredObject> outputs, string type) =>
        outputs.Where(output => output.Type == type).Skip(1).Select(output =>
            $"outputs.{output.Name} is one more '{type}'; there can be one alone, so leave one out.");

    private static IEnumerable<string> OwnFiles(IReadOnlyList<ConfiguredObject> outputs) =>
        from output in outputs
        where output.Type == "file"
        group output by Path.GetFullPath(output.Text("path")) into file
        from other in file.Skip(1)
        select $"outputs.{other.Name}.path is '{other.Text("path")}', which outputs.{file.First().Name} writes "
            + "already; name another file.";

    private static IEnumerable<string> Kafka(ConfiguredObject output)
    {
        foreach (var level in output.Map("topicOfLevel").Keys.Except(KafkaTopics.LevelNames))
        {
            yield return $"outputs.{output.Name}.topicOfLevel: there is no level "
                + $"'{level}'{ConfigurationReader.Suggest(level, KafkaTopics.LevelNames)}";
        }

        foreach (var problem in Library($"outputs.{output.Name}", output, KafkaSinkOptions.OwnSettings))
            yield return problem;
    }

    /// <summary>What is wrong with what is to be read of Kafka.</summary>
    public static IEnumerable<string> Consume(ConfiguredObject consume) =>
        Library("consume", consume, ConsumerOptions.OwnSettings);

    private static IEnumerable<string> Library(
        string place, ConfiguredObject configured, IReadOnlyList<string> ownSettings)
    {
        foreach (var (name, value) in configured.Map("librdkafka"))
        {
            if (ownSettings.Contains(name))
            {
                yield return $"{place}.librdkafka.{name} is the program's own to set, since its promises rest on it; "
                    + "leave it out.";
            }
            else if (KafkaSettingNames.Problem(name, value) is { } problem)
            {
                yield return $"{place}.librdkafka: {problem}";
            }
        }
    }

    private static IEnumerable<string> Relay(ConfiguredObject output) =>
        ConfigurationRules.Refused($"outputs.{output.Name}.endpoint", () =>
        {
            var endpoint = Endpoint.Parse(output.Text("endpoint"));
            TransportRegistry.Find(endpoint);
            LoopbackRule.CheckOutput(output.Name, endpoint, output.Boolean("insecure"));
        });

    private static IEnumerable<string> Elasticsearch(ConfiguredObject output)
    {
        var name = $"outputs.{output.Name}";
        foreach (var text in output.Texts("urls"))
        {
            var problem = "";
            try
            {
                if (ElasticsearchAccess.IsOpen(ElasticsearchAccess.ParseAddress(text)) && !output.Boolean("insecure"))
                {
                    problem = $"'{text}' would be spoken to without TLS, so that others could read along; use https://, "
                        + "or say insecure: true.";
                }
            }
            catch (FormatException exception)
            {
                problem = exception.Message;
            }

            if (problem.Length > 0) yield return $"{name}.urls: {problem}";
        }

        if (!ElasticsearchTemplate.IsPrefix(output.Text("index")))
            yield return $"{name}.index is '{output.Text("index")}'; {ElasticsearchTemplate.PrefixRule}";
        var ways = ((string[])["user", "apiKey", "apiKeyFile", "token", "tokenFile"]).Where(output.IsSet).ToArray();
        if (ways.Length > 1)
            yield return $"{name} says in two ways who it is, {ways[0]} and {ways[1]}; leave one out.";
        if (output.IsSet("user") && !output.IsSet("password") && !output.IsSet("passwordFile"))
            yield return $"{name}.user has no password; write passwordFile, or password.";
        if (!output.IsSet("user") && (output.IsSet("password") || output.IsSet("passwordFile")))
            yield return $"{name} has a password and no user; write user.";
    }
}
