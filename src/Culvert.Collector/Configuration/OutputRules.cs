using Culvert.Collector.Consuming;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Configuration;

/// <summary>What the values of outputs must be to each other.</summary>
internal static class OutputRules
{
    public static IEnumerable<string> Problems(IReadOnlyList<ConfiguredObject> outputs) =>
        OnlyOne(outputs, "store").Concat(OnlyOne(outputs, "stdout")).Concat(OwnFiles(outputs))
            .Concat(outputs.Where(output => output.Type == "kafka").SelectMany(Kafka));

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
}
