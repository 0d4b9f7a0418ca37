using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Which topic a record goes to. One thread.</summary>
internal sealed class KafkaTopics(KafkaSinkOptions options)
{
    private const int NameLengthMax = 249;
    private const string None = "none";

    // By LevelText.Step; the four steps of each level share its topic.
    private static readonly string[] Levels = [None, "trace", "debug", "info", "warn", "error", "fatal"];

    private readonly Dictionary<(Source, int), string> _known = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>What a rule may name.</summary>
    public static IReadOnlyList<string> LevelNames => Levels;

    public string Find(Source source, Severity severity)
    {
        var level = LevelText.Step(severity);
        if (_known.TryGetValue((source, level), out var name)) return name;
        if (_known.Count >= KafkaSinkOptions.TopicsMax * 8) _known.Clear();
        name = Choose(source.Service, severity);
        if (!_names.Contains(name) && _names.Count >= KafkaSinkOptions.TopicsMax) name = Choose("", severity);
        _names.Add(name);
        _known.Add((source, level), name);
        return name;
    }

    private string Choose(string service, Severity severity)
    {
        if (options.TopicOfService.TryGetValue(service, out var byService)) return byService;
        var level = Levels[LevelText.Step(severity)];
        if (options.TopicOfLevel.TryGetValue(level, out var byLevel)) return byLevel;
        return options.Topic.Replace("{service}", Legal(service), StringComparison.Ordinal)
            .Replace("{level}", level, StringComparison.Ordinal);
    }

    /// <summary>What Kafka takes in a name: letters, digits, dot, underscore and hyphen.</summary>
    private static string Legal(string service)
    {
        if (service.Length == 0) return None;
        var legal = string.Concat(service.Select(
            c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_'));
        return legal.Length <= NameLengthMax / 2 ? legal : legal[..(NameLengthMax / 2)];
    }
}
