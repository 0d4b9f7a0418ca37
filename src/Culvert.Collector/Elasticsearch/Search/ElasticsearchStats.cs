using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>What a search server holds, as JSON: docs/http-api.md describes it. It has no ledger: what became of every
/// record is told by the collectors that wrote.</summary>
internal static class ElasticsearchStats
{
    public static async Task<byte[]> ReadAsync(
        ElasticsearchClient client, string index, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var flavour = await client.DetectAsync(cancellationToken);
            var answer = await client.GetAsync(
                $"/_cat/indices/{Uri.EscapeDataString(index)}?format=json&bytes=b&s=index"
                + "&h=index,health,docs.count,store.size",
                cancellationToken);
            if (answer.Status == 404) throw new SearchException(ElasticsearchQueries.NoIndex(answer.Address, index));
            if (!answer.IsSuccess) throw ElasticsearchErrors.Refused(answer, $"list {index}");
            using var document = answer.Json();
            if (document.RootElement.GetArrayLength() == 0)
                throw new SearchException(ElasticsearchQueries.NoIndex(answer.Address, index));
            return Write(flavour, answer.Address, index, document.RootElement, UnixTime.NowNs(time));
        }
        catch (ElasticsearchException e)
        {
            throw new SearchException(e.Message, e);
        }
    }

    private static byte[] Write(
        ElasticsearchFlavour flavour, Uri address, string pattern, JsonElement indices, long nowNs)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Span<byte> text = stackalloc byte[RecordTime.TextLength];
            writer.WriteStartObject();
            writer.WriteString("time", Encoding.ASCII.GetString(RecordTime.Format(nowNs, text)));
            writer.WriteString("server", $"{flavour.Name} {flavour.Version}");
            writer.WriteString("address", address.GetLeftPart(UriPartial.Authority));
            writer.WriteString("pattern", pattern);
            writer.WriteNumber("records", indices.EnumerateArray().Sum(index => Number(index, "docs.count")));
            writer.WriteNumber("bytes", indices.EnumerateArray().Sum(index => Number(index, "store.size")));
            writer.WriteStartArray("indices");
            foreach (var index in indices.EnumerateArray())
            {
                writer.WriteStartObject();
                writer.WriteString("name", index.GetProperty("index").GetString());
                writer.WriteString("health", index.GetProperty("health").GetString());
                writer.WriteNumber("records", Number(index, "docs.count"));
                writer.WriteNumber("bytes", Number(index, "store.size"));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>These tables hold numbers as text, and nothing for an index that is closed.</summary>
    private static long Number(JsonElement index, string name) =>
        index.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
