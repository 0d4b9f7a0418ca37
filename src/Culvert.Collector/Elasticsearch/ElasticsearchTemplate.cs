using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Collector.Elasticsearch;

/// <summary>The index template: settings and mapping that every index of a prefix is made with.</summary>
internal static class ElasticsearchTemplate
{
    /// <summary>Counts up when the mapping changes; stands in the template.</summary>
    public const int Version = 1;

    /// <summary>What a prefix may be, for a person.</summary>
    public const string PrefixRule = "it may have small letters, digits, hyphens and underscores, at most 64 of them, "
        + "and begins with a letter.";

    /// <summary>Narrower than what servers take, so that it needs no escape in a path or in JSON.</summary>
    public static bool IsPrefix(string prefix) =>
        prefix.Length is > 0 and <= 64 && char.IsAsciiLetterLower(prefix[0])
        && prefix.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    public static string Path(string prefix) => $"/_index_template/{prefix}";

    public static JsonObject Create(
        ElasticsearchFlavour flavour, string prefix, int shards, int replicas, bool withLifeCycle)
    {
        var settings = new JsonObject
        {
            ["index.number_of_shards"] = Text(shards),
            ["index.number_of_replicas"] = Text(replicas),
            ["index.refresh_interval"] = "5s",
            ["index.codec"] = "best_compression",
            ["index.mapping.total_fields.limit"] = "1000",
        };
        if (withLifeCycle && flavour.LifeCycleSetting(prefix) is { } setting) settings[setting.Key] = setting.Value;
        return new JsonObject
        {
            ["index_patterns"] = new JsonArray($"{prefix}-*"),
            ["priority"] = 200,
            ["version"] = Version,
            ["template"] = new JsonObject { ["settings"] = settings, ["mappings"] = Mapping(flavour) },
            ["_meta"] = new JsonObject { ["description"] = "Log records of Culvert." },
        };
    }

    public static JsonObject Mapping(ElasticsearchFlavour flavour)
    {
        var excluded = new JsonArray();
        foreach (var name in ElasticsearchFields.SearchOnly) excluded.Add(name);
        return new JsonObject
        {
            // A field that nobody named makes no mapping, so two records can never disagree on its type.
            ["dynamic"] = false,
            ["_source"] = new JsonObject { ["excludes"] = excluded },
            ["dynamic_templates"] = new JsonArray(new JsonObject
            {
                [ElasticsearchFields.Numbers] = new JsonObject
                {
                    ["path_match"] = ElasticsearchFields.Numbers + ".*", ["mapping"] = Of("double"),
                },
            }),
            ["properties"] = Properties(flavour),
        };
    }

    private static JsonObject Properties(ElasticsearchFlavour flavour)
    {
        var properties = new JsonObject
        {
            [ElasticsearchFields.Timestamp] = new JsonObject
            {
                ["type"] = "alias", ["path"] = ElasticsearchFields.Time,
            },
            [ElasticsearchFields.Time] = Of("date_nanos"),
            [ElasticsearchFields.Observed] = Of("date_nanos"),
            [ElasticsearchFields.Severity] = Of("byte"),
            [ElasticsearchFields.Position] = Of("long"),
            [ElasticsearchFields.ProcessId] = Of("long"),
            [ElasticsearchFields.Truncated] = Of("boolean"),
            [ElasticsearchFields.Body] = Of("text"),
            [ElasticsearchFields.Template] = new JsonObject
            {
                ["type"] = "text",
                ["fields"] = new JsonObject { ["keyword"] = Keyword() },
            },
            [ElasticsearchFields.Numbers] = new JsonObject { ["type"] = "object", ["dynamic"] = true },
            [ElasticsearchFields.Whole] = new JsonObject
            {
                ["type"] = "keyword", ["index"] = false, ["doc_values"] = false,
            },
            [ElasticsearchFields.Keys] = Keyword(),
        };
        foreach (var name in (string[])
            [
                ElasticsearchFields.Identity, ElasticsearchFields.Level, ElasticsearchFields.Service,
                ElasticsearchFields.Host, ElasticsearchFields.Executable, ElasticsearchFields.User,
                ElasticsearchFields.Input, ElasticsearchFields.Logger, ElasticsearchFields.EventName,
                ElasticsearchFields.Trace, ElasticsearchFields.Span,
            ]) properties[name] = Keyword();
        foreach (var name in (string[])
            [ElasticsearchFields.Attributes, ElasticsearchFields.Resource, ElasticsearchFields.Origin])
            properties[name] = flavour.FlatField();
        foreach (var name in (string[])
            [ElasticsearchFields.BodyWords, ElasticsearchFields.AttributeWords, ElasticsearchFields.FieldWords])
        {
            properties[name] = new JsonObject
            {
                ["type"] = "text", ["analyzer"] = "whitespace", ["norms"] = false,
            };
        }

        foreach (var name in (string[])
            [ElasticsearchFields.Values, ElasticsearchFields.Folded, ElasticsearchFields.Ordered])
            properties[name] = new JsonObject { ["type"] = "keyword", ["doc_values"] = false };
        return properties;
    }

    private static JsonObject Of(string type) => new() { ["type"] = type };

    /// <summary>Lucene takes no term over 32,766 bytes, which this many characters never are.</summary>
    private static JsonObject Keyword() => new() { ["type"] = "keyword", ["ignore_above"] = 8_191 };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
