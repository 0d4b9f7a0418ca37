using System.Diagnostics;
using System.Text.Json;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Records that match: a search as a stream, a single record, and what stands around it.</summary>
internal sealed class SearchApi(ISearchEngine engine, TimeProvider time)
{
    public const string RecordPath = "/api/record/";
    public const string ContextPath = "/api/context/";

    private const string LinesType = "application/x-ndjson";

    // A page of the store at a time: what was found first is on its way while the next is searched.
    private const int PageRecords = 1_000;

    public void Map(HttpRoutes routes)
    {
        routes.Map("GET", "/api/search", RouteKind.Api, SearchAsync);
        routes.Map("GET", RecordPath, RouteKind.Api, RecordAsync);
        routes.Map("GET", ContextPath, RouteKind.Api, ContextAsync);
    }

    private async Task SearchAsync(HttpContext context)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var parameters = new ApiParameters(context.Request, time);
        var request = parameters.Search;
        var left = parameters.Number("limit", HttpLimits.SearchLimitDefault, HttpLimits.SearchLimitMax);
        var end = await engine.EndAsync(context.RequestAborted);
        var (found, scanned, blocks) = (0L, 0L, 0);
        using var stream = new RecordStream(context, LinesType);
        while (true)
        {
            var page = await engine.SearchAsync(
                request with { Limit = Math.Min(left, PageRecords) }, context.RequestAborted);
            scanned += page.Report.RecordsScanned;
            blocks += page.Report.BlocksRead;
            foreach (var record in page.Records)
            {
                stream.Record(record.Record);
                if (stream.IsDue) await stream.FlushAsync();
            }

            found += page.Records.Length;
            left -= page.Records.Length;
            request = request with { Before = page.Next };
            if (page.Next is null || left <= 0) break;
            await stream.FlushAsync();
        }

        stream.Line(writer => WriteSummary(writer, found, scanned, blocks, startedAt, end, request));
        await stream.FlushAsync();
    }

    private async Task RecordAsync(HttpContext context)
    {
        var key = new ApiParameters(context.Request, time).PathKey(RecordPath, engine);
        if (await engine.FindAsync(key, context.RequestAborted) is not { } found)
        {
            await AnswerMissingAsync(context, key);
            return;
        }

        using var stream = new RecordStream(context, "application/json");
        stream.Record(found.Record);
        await stream.FlushAsync();
    }

    /// <summary>What arrived before and after a record, newest first, with it among them: of every program, or with
    /// scope=source of its own.</summary>
    private async Task ContextAsync(HttpContext context)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var parameters = new ApiParameters(context.Request, time);
        var key = parameters.PathKey(ContextPath, engine);
        var count = parameters.Number("count", HttpLimits.ContextCountDefault, HttpLimits.ContextCountMax);
        var isOwn = parameters.Text("scope", 20) == "source";
        var end = await engine.EndAsync(context.RequestAborted);
        var records = await engine.ContextAsync(key, count, isOwn, context.RequestAborted);
        if (records.Count == 0)
        {
            await AnswerMissingAsync(context, key);
            return;
        }

        using var stream = new RecordStream(context, LinesType);
        foreach (var record in records) stream.Record(record.Record);
        stream.Line(writer => WriteSummary(writer, records.Count, 0, 0, startedAt, end, new SearchRequest()));
        await stream.FlushAsync();
    }

    private static void WriteSummary(
        Utf8JsonWriter writer, long found, long scanned, int blocks, long startedAt, ulong end, SearchRequest request)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("summary"u8);
        writer.WriteNumber("found"u8, found);
        writer.WriteNumber("scanned"u8, scanned);
        writer.WriteNumber("blocks"u8, blocks);
        writer.WriteNumber("ms"u8, Math.Round(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, 2));
        writer.WriteNumber("end"u8, end);
        if (request.Before is { } next) writer.WriteString("next"u8, ApiParameters.Format(next));
        NotesJson.Write(writer, request.Query);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static Task AnswerMissingAsync(HttpContext context, string key) => HttpAnswer.SentenceAsync(
        context, StatusCodes.Status404NotFound,
        $"There is no record {key}: it was deleted by age or size, or never came.");
}
