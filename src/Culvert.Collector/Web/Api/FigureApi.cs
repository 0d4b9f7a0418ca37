using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Records;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Figures on what a search finds: how many, when, and which values.</summary>
internal sealed class FigureApi(ISearchEngine engine, TimeProvider time)
{
    private const long NsPerMs = 1_000_000;

    private static readonly string[] Levels = ["none", "trace", "debug", "info", "warn", "error", "fatal"];

    public void Map(HttpRoutes routes)
    {
        routes.Map("GET", "/api/count", RouteKind.Api, CountAsync);
        routes.Map("GET", "/api/histogram", RouteKind.Api, HistogramAsync);
        routes.Map("GET", "/api/top", RouteKind.Api, TopAsync);
        routes.Map("GET", "/api/fields", RouteKind.Api, FieldsAsync);
    }

    private async Task CountAsync(HttpContext context)
    {
        var request = new ApiParameters(context.Request, time).Search;
        var count = await engine.CountAsync(request, context.RequestAborted);
        await HttpAnswer.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("count"u8, count);
            NotesJson.Write(writer, request.Query);
            writer.WriteEndObject();
        });
    }

    private async Task HistogramAsync(HttpContext context)
    {
        var parameters = new ApiParameters(context.Request, time);
        var search = parameters.Search;
        var buckets = parameters.Number("buckets", HttpLimits.HistogramBucketsDefault, HttpLimits.HistogramBucketsMax);
        var request = await DivideAsync(search, buckets, context.RequestAborted);
        var counts = await engine.HistogramAsync(request, context.RequestAborted);
        await HttpAnswer.JsonAsync(context, writer => Write(writer, request, counts));
    }

    private async Task TopAsync(HttpContext context)
    {
        var parameters = new ApiParameters(context.Request, time);
        var request = parameters.Search;
        var limit = parameters.Number("limit", HttpLimits.TopValuesDefault, HttpLimits.TopValuesMax);
        var field = parameters.Text("field", 200) is { Length: > 0 } text
            ? text
            : throw new BadHttpRequestException("field is missing; name the field whose values are counted.");
        var top = await engine.TopValuesAsync(request, field, limit, context.RequestAborted);
        await HttpAnswer.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("field"u8, top.Field);
            writer.WriteNumber("sampled"u8, top.Sampled);
            writer.WriteBoolean("whole"u8, top.IsWhole);
            writer.WriteNumber("count"u8, top.Having);
            writer.WriteNumber("distinct"u8, top.Distinct);
            writer.WriteStartArray("values"u8);
            foreach (var value in top.Values)
            {
                writer.WriteStartObject();
                writer.WriteString("value"u8, value.Value);
                writer.WriteNumber("count"u8, value.Count);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>All fields at once with their most frequent values, from a small sample: what the page shows beside the
    /// list.</summary>
    private async Task FieldsAsync(HttpContext context)
    {
        var request = new ApiParameters(context.Request, time).Search with { Limit = FieldSample.RecordCountMax };
        var page = await engine.SearchAsync(request, context.RequestAborted);
        var sample = new FieldSample();
        foreach (var record in page.Records) sample.Add(record.Record);
        await HttpAnswer.JsonAsync(context, sample.Write);
    }

    /// <summary>Bars of equal width over the range; without bounds, over what there is. Bars of more than a millisecond
    /// begin at whole milliseconds, which is how a search server divides time; what lies outside of the range is not
    /// counted in them.</summary>
    private async Task<HistogramRequest> DivideAsync(
        SearchRequest search, int buckets, CancellationToken cancellationToken)
    {
        var (from, to) = (search.FromNs, search.ToNs);
        if (from == long.MinValue || to == long.MaxValue)
        {
            var nowNs = UnixTime.NowNs(time);
            var extent = from == long.MinValue ? await engine.TimeExtentAsync(cancellationToken) : null;
            if (to == long.MaxValue) to = Math.Max(nowNs, extent?.MaxNs + 1 ?? nowNs);
            if (from == long.MinValue) from = extent?.MinNs ?? to - 3_600_000_000_000;
        }

        // In 128 bits, since the bounds may lie at both ends of time.
        var (begin, width) = ((Int128)from, Int128.Max(((Int128)to - from + buckets - 1) / buckets, 1));
        if (width >= NsPerMs)
        {
            begin = Int128.Max(begin - (begin % NsPerMs + NsPerMs) % NsPerMs, long.MinValue);
            width = (to - begin + buckets - 1) / buckets;
            width = (width + NsPerMs - 1) / NsPerMs * NsPerMs;
        }

        return new HistogramRequest
        {
            Query = search.Query,
            FromNs = (long)begin,
            BucketNs = (long)Int128.Min(width, long.MaxValue),
            Buckets = buckets,
            MinNs = search.FromNs,
            EndNs = search.ToNs,
        };
    }

    private static void Write(Utf8JsonWriter writer, HistogramRequest request, HistogramCounts counts)
    {
        writer.WriteStartObject();
        Span<byte> text = stackalloc byte[RecordTime.TextLength];
        writer.WriteString("from"u8, RecordTime.Format(request.FromNs, text));
        var end = (Int128)request.FromNs + (Int128)request.BucketNs * request.Buckets;
        writer.WriteString("to"u8, RecordTime.Format((long)Int128.Min(end, long.MaxValue), text));
        writer.WriteNumber("bucketNs"u8, request.BucketNs);
        writer.WriteNumber("total"u8, counts.Total);
        writer.WriteStartArray("buckets"u8);
        for (var i = 0; i < counts.Buckets; i++)
        {
            writer.WriteStartObject();
            for (var level = 0; level < Levels.Length; level++)
            {
                if (counts[i, level] > 0) writer.WriteNumber(Levels[level], counts[i, level]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        NotesJson.Write(writer, request.Query);
        writer.WriteEndObject();
    }
}
