using System.Text.Json;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>Reads what a server says of each record of a batch.</summary>
/// <remarks>Source: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk, and the same of
/// OpenSearch.</remarks>
internal static class BulkAnswer
{
    /// <summary>What is asked for of the answer: an item without an error is its status alone.</summary>
    public const string Path = "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";

    private const int ReasonLengthMax = 1_000;

    /// <summary>Reads the items in their order; false when the answer is not one for so many records.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, int count, List<BulkResult> results)
    {
        results.Clear();
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("items", out var items)
                || items.ValueKind != JsonValueKind.Array) return false;
            foreach (var item in items.EnumerateArray()) results.Add(Read(item));
            return results.Count == count;
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }

    private static BulkResult Read(JsonElement item)
    {
        foreach (var action in item.EnumerateObject())
        {
            var status = action.Value.GetProperty("status").GetInt32();
            var (type, reason) = ("", "");
            if (action.Value.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                (type, reason) = (Text(error, "type"), Text(error, "reason"));
            return new BulkResult(Judge(status, type, reason), status, type, reason);
        }

        throw new JsonException("An item says nothing.");
    }

    private static BulkVerdict Judge(int status, string type, string reason) => status switch
    {
        // 409: the index has a document with this identity already, which is the same record.
        (>= 200 and < 300) or 409 => BulkVerdict.Stored,
        429 when IsDisk(type, reason) => BulkVerdict.Blocked,
        429 => BulkVerdict.Pressed,
        >= 500 => BulkVerdict.Blocked,
        401 or 404 => BulkVerdict.Blocked,
        403 when type != "cluster_block_exception" || IsDisk(type, reason) => BulkVerdict.Blocked,
        400 when reason.Contains("Limit of total fields", StringComparison.Ordinal) => BulkVerdict.TooManyFields,
        400 when IsShards(reason) => BulkVerdict.Blocked,
        _ => BulkVerdict.Refused,
    };

    /// <summary>Block 12 is the one that the server sets by itself when a disk is nearly full, and takes off
    /// again.</summary>
    public static bool IsDisk(string type, string reason) =>
        type == "cluster_block_exception" && reason.Contains("/12/", StringComparison.Ordinal);

    public static bool IsShards(string reason) =>
        reason.Contains("maximum", StringComparison.Ordinal)
        && reason.Contains("shards open", StringComparison.Ordinal);

    private static string Text(JsonElement error, string name)
    {
        var text = error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
        return text.Length <= ReasonLengthMax ? text : text[..ReasonLengthMax];
    }
}

/// <param name="Verdict">What to do.</param>
/// <param name="Status">The item's own status.</param>
/// <param name="Type">The error's type, or empty.</param>
/// <param name="Reason">The error in words, or empty.</param>
internal readonly record struct BulkResult(BulkVerdict Verdict, int Status, string Type, string Reason);
