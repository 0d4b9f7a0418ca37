using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Which server it is, and all that differs between Elasticsearch 8 and 9 and OpenSearch 2 and 3: how a flat field is
/// called, and what deletes old indices. Everything else is the same words to both.
/// </summary>
/// <remarks>Sources: https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/flattened,
/// https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ilm,
/// https://docs.opensearch.org/docs/latest/field-types/supported-field-types/flat-object/,
/// https://docs.opensearch.org/docs/latest/im-plugin/ism/api/.</remarks>
internal sealed record ElasticsearchFlavour(bool IsOpenSearch, Version Version)
{
    private static readonly Version OldestElasticsearch = new(8, 0);

    /// <summary>flat_object came with 2.7.</summary>
    private static readonly Version OldestOpenSearch = new(2, 7);

    public string Name => IsOpenSearch ? "OpenSearch" : "Elasticsearch";

    /// <summary>What the life cycle is called there.</summary>
    public string LifeCycleName => IsOpenSearch ? "index state management (ISM)" : "index life cycle (ILM)";

    /// <summary>A sentence when the server is too old; null when it will do.</summary>
    public string? Problem
    {
        get
        {
            var oldest = IsOpenSearch ? OldestOpenSearch : OldestElasticsearch;
            return Version >= oldest ? null
                : $"{Name} {Version} is too old; it takes {Name} {oldest} or later.";
        }
    }

    /// <summary>Reads what the server says of itself on <c>GET /</c>; null when it is neither.</summary>
    public static ElasticsearchFlavour? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version)
            || version.ValueKind != JsonValueKind.Object || !version.TryGetProperty("number", out var number)
            || number.ValueKind != JsonValueKind.String) return null;
        var isOpenSearch = version.TryGetProperty("distribution", out var distribution)
            && distribution.ValueKind == JsonValueKind.String
            && distribution.GetString() == "opensearch";
        // "3.0.0-beta1" is 3.0.0.
        var text = number.GetString()!.Split('-')[0];
        return Version.TryParse(text, out var parsed) ? new ElasticsearchFlavour(isOpenSearch, parsed) : null;
    }

    /// <summary>The mapping of a field under which any value is searchable.</summary>
    public JsonObject FlatField() => IsOpenSearch
        ? new JsonObject { ["type"] = "flat_object" }
        : new JsonObject
        {
            ["type"] = "flattened", ["depth_limit"] = 20, ["ignore_above"] = ElasticsearchLimits.FlatValueBytesMax,
        };

    /// <summary>Where the policy is.</summary>
    public string LifeCyclePath(string prefix) =>
        IsOpenSearch ? $"/_plugins/_ism/policies/{prefix}" : $"/_ilm/policy/{prefix}";

    /// <summary>Where the policy is written, over the one that was read.</summary>
    public string LifeCyclePath(string prefix, JsonElement current) =>
        IsOpenSearch && current.ValueKind == JsonValueKind.Object
            && current.TryGetProperty("_seq_no", out var sequence)
            && current.TryGetProperty("_primary_term", out var term)
            ? string.Create(CultureInfo.InvariantCulture,
                $"{LifeCyclePath(prefix)}?if_seq_no={sequence.GetInt64()}&if_primary_term={term.GetInt64()}")
            : LifeCyclePath(prefix);

    /// <summary>Deletes an index when so many days passed since it was made.</summary>
    public JsonObject LifeCycle(string prefix, int keepDays)
    {
        var age = string.Create(CultureInfo.InvariantCulture, $"{keepDays}d");
        if (!IsOpenSearch)
        {
            return new JsonObject
            {
                ["policy"] = new JsonObject
                {
                    ["phases"] = new JsonObject
                    {
                        ["hot"] = new JsonObject { ["actions"] = new JsonObject() },
                        ["delete"] = new JsonObject
                        {
                            ["min_age"] = age, ["actions"] = new JsonObject { ["delete"] = new JsonObject() },
                        },
                    },
                },
            };
        }

        return new JsonObject
        {
            ["policy"] = new JsonObject
            {
                ["description"] = "Deletes the logs of Culvert when they are old.",
                ["default_state"] = "kept",
                ["states"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "kept",
                        ["actions"] = new JsonArray(),
                        ["transitions"] = new JsonArray(new JsonObject
                        {
                            ["state_name"] = "deleted",
                            ["conditions"] = new JsonObject { ["min_index_age"] = age },
                        }),
                    },
                    new JsonObject
                    {
                        ["name"] = "deleted",
                        ["actions"] = new JsonArray(new JsonObject { ["delete"] = new JsonObject() }),
                        ["transitions"] = new JsonArray(),
                    }),
                ["ism_template"] = new JsonArray(new JsonObject
                {
                    ["index_patterns"] = new JsonArray($"{prefix}-*"), ["priority"] = 100,
                }),
            },
        };
    }

    /// <summary>What an index needs in its settings to be under the policy; null where the policy finds it.</summary>
    public KeyValuePair<string, string>? LifeCycleSetting(string prefix) =>
        IsOpenSearch ? null : new("index.lifecycle.name", prefix);

    /// <summary>Whether an answer to a request for the policy says that the server has no life cycles at all: without
    /// the plug-in nothing answers there.</summary>
    public static bool IsWithoutLifeCycles(ElasticsearchAnswer answer) =>
        answer.Status is 400 or 405 or 410
        || (answer.Status == 404 && answer.Reason.Contains("no handler", StringComparison.OrdinalIgnoreCase));
}
