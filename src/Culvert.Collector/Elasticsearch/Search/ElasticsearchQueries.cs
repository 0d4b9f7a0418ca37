using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Asks the indices of a pattern, and reads hits back into records. Any thread; calls may overlap. What the
/// server refuses is thrown as <see cref="SearchException"/>; part of an answer is none.</summary>
internal sealed class ElasticsearchQueries(ElasticsearchClient client, string index)
{
    private readonly string _path =
        $"/{Uri.EscapeDataString(index)}/_search?ignore_unavailable=true&allow_partial_search_results=false";

    /// <summary>The sentence where nothing was written yet.</summary>
    public static string NoIndex(Uri address, string index) =>
        $"The search server {address} has no index {index}; run culvert elasticsearch setup, and let a collector write "
        + "there.";

    /// <summary>How many documents a clause finds.</summary>
    public async Task<long> CountAsync(string clause, CancellationToken cancellationToken)
    {
        if (clause == Dsl.None) return 0;
        var answer = await AskAsync(
            $$"""{"size":0,"track_total_hits":true,"query":{{clause}}}""", cancellationToken);
        using var document = answer.Json();
        return document.RootElement.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64();
    }

    /// <summary>An aggregation over what a clause finds.</summary>
    public async Task<JsonDocument> AggregateAsync(
        string clause, string aggregation, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            $$$"""{"size":0,"track_total_hits":false,"query":{{{clause}}},"aggs":{"a":{{{aggregation}}}}}""",
            cancellationToken);
        return answer.Json();
    }

    /// <summary>The next hits in an order.</summary>
    /// <param name="clause">What to find.</param>
    /// <param name="order">In which order.</param>
    /// <param name="behind">Goes on behind this one; null begins.</param>
    /// <param name="size">How many; fewer come when they are very large.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HitPage> HitsAsync(
        string clause, HitOrder order, HitPlace? behind, int size, CancellationToken cancellationToken)
    {
        if (clause == Dsl.None) return HitPage.Empty;
        while (true)
        {
            var after = behind is { } place ? $",\"search_after\":{place.Json}" : "";
            try
            {
                var what = $"\"query\":{clause},\"sort\":{order.Json}{after}";
                var answer = await AskAsync(
                    $$"""{"size":{{size}},"track_total_hits":false,{{what}}}""", cancellationToken);
                var records = ReadHits(answer);
                return new HitPage(records, records.Length < size, answer.Body.Length);
            }
            catch (SearchException e) when (size > 1 && IsAnswerTooLarge(e))
            {
                size = Math.Max(1, size / 8);
            }
        }
    }

    /// <summary>Shows every hit of a clause to a visitor, until it gives false.</summary>
    public async Task VisitAsync(
        string clause, HitOrder order, HitPlace? behind, RecordVisitor visit, CancellationToken cancellationToken)
    {
        var size = ElasticsearchLimits.HitCountFirst;
        while (true)
        {
            var page = await HitsAsync(clause, order, behind, size, cancellationToken);
            foreach (var record in page.Records)
            {
                if (!visit(record.Record)) return;
            }

            if (page.IsLast) return;
            behind = order.PlaceOf(page.Records[^1].Record);
            size = NextSize(page);
        }
    }

    /// <summary>How many hits to ask for next, so that an answer stays of moderate size.</summary>
    public static int NextSize(HitPage page)
    {
        if (page.Records.Length == 0) return ElasticsearchLimits.HitCountFirst;
        var bytes = Math.Max(1, page.AnswerBytes / page.Records.Length);
        return Math.Clamp(
            Math.Min(ElasticsearchLimits.HitBytesTarget / bytes, page.Records.Length * 8), 1,
            ElasticsearchLimits.HitCountMax);
    }

    private static bool IsAnswerTooLarge(SearchException exception) =>
        exception.InnerException?.InnerException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConfigurationLimitExceeded,
        };

    private async Task<ElasticsearchAnswer> AskAsync(string body, CancellationToken cancellationToken)
    {
        ElasticsearchAnswer answer;
        try
        {
            answer = await client.SendAsync(
                HttpMethod.Post, _path, Encoding.UTF8.GetBytes(body), ElasticsearchClient.Json, cancellationToken);
        }
        catch (ElasticsearchException e)
        {
            throw new SearchException(e.Message, e);
        }

        if (answer.Status == 404 || (answer.IsSuccess && HasNoShards(answer)))
        {
            throw new SearchException(NoIndex(answer.Address, index));
        }

        return answer.IsSuccess
            ? answer
            : throw new SearchException(ElasticsearchErrors.Refused(answer, $"search {index}").Message);
    }

    /// <summary>A pattern that no index has is answered with nothing, from no shard.</summary>
    private static bool HasNoShards(ElasticsearchAnswer answer)
    {
        var reader = new Utf8JsonReader(answer.Body.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
            var isShards = reader.ValueTextEquals("_shards"u8);
            reader.Read();
            if (!isShards)
            {
                reader.Skip();
                continue;
            }

            return JsonElement.ParseValue(ref reader).GetProperty("total").GetInt32() == 0;
        }

        return false;
    }

    private static RecordCopy[] ReadHits(ElasticsearchAnswer answer)
    {
        using var document = answer.Json();
        var hits = document.RootElement.GetProperty("hits").GetProperty("hits");
        var records = new RecordCopy[hits.GetArrayLength()];
        var reader = new RecordJsonReader();
        var i = 0;
        foreach (var hit in hits.EnumerateArray())
        {
            var source = hit.GetProperty("_source");
            var identity = source.GetProperty(ElasticsearchFields.Identity).GetString();
            RecordCopy? copy = null;
            RecordVisitor take = (in StoredRecord record) =>
            {
                copy = new RecordCopy(record);
                return true;
            };
            using var whole = source.TryGetProperty(ElasticsearchFields.Whole, out var text)
                ? JsonDocument.Parse(text.GetString()!)
                : null;
            reader.Read(whole?.RootElement ?? source, identity, take);
            records[i++] = copy!;
        }

        return records;
    }
}
