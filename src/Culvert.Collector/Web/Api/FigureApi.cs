using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Store;
using Culvert.Records;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Figures on what a search finds: how many, when, and which values.</summary>
internal sealed class FigureApi(LogStore store, SearchSlots slots, TimeProvider time)
{
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
        var count = await slots.RunAsync(() => store.Count(request, context.RequestAborted), context.RequestAborted);
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
        var (request, counts) = await slots.RunAsync(
            () =>
            {
                var request = Divide(search, buckets, context.RequestAborted);
                return (request, store.Histogram(request, context.RequestAborted));
            },
            context.RequestAborted);
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
        var top = await slots.RunAsync(
            () => store.TopValues(request, field, limit, cancellationToken: context.RequestAborted),
            context.RequestAborted);
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
        var page = await slots.RunAsync(
            () => store.SearchPage(request, context.RequestAborted), context.RequestAborted);
        var sample = new FieldSample();
        foreach (var record in page.Records) sample.Add(record.Record);
        await HttpAnswer.JsonAsync(context, sample.Write);
    }

    /// <summary>Bars of equal width over the range; without bounds, over what there is.</summary>
    private HistogramRequest Divide(SearchRequest search, int buckets, CancellationToken cancellationToken)
    {
        var (from, to) = (search.FromNs, search.ToNs);
        if (from == long.MinValue || to == long.MaxValue)
        {
            var nowNs = UnixTime.NowNs(time);
            var extent = from == long.MinValue ? store.TimeExtent(cancellationToken) : null;
            if (to == long.MaxValue) to = Math.Max(nowNs, extent?.MaxNs + 1 ?? nowNs);
            if (from == long.MinValue) from = extent?.MinNs ?? to - 3_600_000_000_000;
        }

        // In 128 bits, since the bounds may lie at both ends of time.
        var width = Int128.Max(((Int128)to - from + buckets - 1) / buckets, 1);
        return new HistogramRequest
        {
            Query = search.Query, FromNs = from, BucketNs = (long)Int128.Min(width, long.MaxValue), Buckets = buckets,
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
