using System.Diagnostics;
using System.Text.Json;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Store;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Records that match: a search as a stream, a single record, and what stands around it.</summary>
internal sealed class SearchApi(LogStore store, SearchSlots slots, TimeProvider time)
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
        var end = store.End;
        var (found, scanned, blocks) = (0L, 0L, 0);
        using var stream = new RecordStream(context, LinesType);
        while (true)
        {
            var page = await PageAsync(request with { Limit = Math.Min(left, PageRecords) }, context.RequestAborted);
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
        var position = new ApiParameters(context.Request, time).PathPosition(RecordPath);
        if (await FindAsync(position, context.RequestAborted) is not { } found)
        {
            await AnswerMissingAsync(context, position);
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
        var position = parameters.PathPosition(ContextPath);
        var count = parameters.Number("count", HttpLimits.ContextCountDefault, HttpLimits.ContextCountMax);
        var isOwn = parameters.Text("scope", 20) == "source";
        var records = await slots.RunAsync(
            () => isOwn
                ? store.Context(position, count, count, context.RequestAborted)
                : Neighbours(position, (ulong)count, context.RequestAborted),
            context.RequestAborted);
        if (!records.Any(record => record.Position == position))
        {
            await AnswerMissingAsync(context, position);
            return;
        }

        using var stream = new RecordStream(context, LinesType);
        foreach (var record in records.Reverse()) stream.Record(record.Record);
        stream.Line(writer => WriteSummary(writer, records.Count, 0, 0, startedAt, store.End, new SearchRequest()));
        await stream.FlushAsync();
    }

    private Task<SearchPage> PageAsync(SearchRequest request, CancellationToken cancellationToken) =>
        slots.RunAsync(() => store.SearchPage(request, cancellationToken), cancellationToken);

    private Task<RecordCopy?> FindAsync(ulong position, CancellationToken cancellationToken) =>
        slots.RunAsync(() => store.Get(position, cancellationToken), cancellationToken);

    /// <summary>Positions are dense, so the neighbours of all programs are those with the next numbers: in blocks, and
    /// behind them in the spool.</summary>
    private IReadOnlyList<RecordCopy> Neighbours(ulong position, ulong count, CancellationToken cancellationToken)
    {
        var from = position - Math.Min(position, count);
        var to = Math.Min(position, ulong.MaxValue - count - 1) + count + 1;
        var reach = to;
        var found = store.ReadBlocks(LogQuery.All, from, ref reach, cancellationToken);
        if (reach >= to) return found;
        using var tail = store.OpenTail(LogQuery.All, Math.Max(from, reach));
        while (tail.Position < to && tail.Read(Take, cancellationToken))
        {
        }

        return found;

        bool Take(in StoredRecord record)
        {
            if (record.Position < to) found.Add(new RecordCopy(record));
            return true;
        }
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

    private static Task AnswerMissingAsync(HttpContext context, ulong position) => HttpAnswer.SentenceAsync(
        context, StatusCodes.Status404NotFound,
        $"There is no record {position}: it was deleted by age or size, or never came.");
}
