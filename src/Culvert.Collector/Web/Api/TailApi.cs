using System.Globalization;
using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>
/// New records as server-sent events (WHATWG HTML, server-sent events); those of the store straight from the spool,
/// before they are indexed. The id of an event is the cursor behind its record, so that a browser that reconnects says
/// itself where it was.
/// </summary>
internal sealed class TailApi(ISearchEngine engine, HttpHost host, TimeProvider time)
{
    public void Map(HttpRoutes routes) => routes.Map("GET", "/api/tail", RouteKind.Api, TailAsync);

    private async Task TailAsync(HttpContext context)
    {
        var parameters = new ApiParameters(context.Request, time);
        var query = parameters.Query;
        var next = ReadLastEvent(context.Request) ?? parameters.Position("cursor")
            ?? await engine.EndAsync(context.RequestAborted);
        if (!host.Counters.TryBeginTail())
        {
            await HttpAnswer.SentenceAsync(context, StatusCodes.Status503ServiceUnavailable,
                $"{HttpLimits.TailCountMax} live tails are open already; close one.");
            return;
        }

        try
        {
            await FollowAsync(context, query, next);
        }
        finally
        {
            host.Counters.EndTail();
        }
    }

    private async Task FollowAsync(HttpContext context, LogQuery query, ulong next)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.Stopping);
        using var stream = new RecordStream(context, "text/event-stream");
        using var tail = engine.OpenTail(query, next);
        stream.Raw("retry: 1000\n\n"u8);
        while (true)
        {
            // A reader that fell far behind, because it is slow or was away, goes on nearer to the end and is told.
            if (await tail.SkipAsync(ending.Token) is > 0 and var left)
                Head(stream, $"event: skipped\nid: {tail.Cursor}\ndata: {{\"count\":{left}}}\n\n");
            while (await tail.ReadAsync(Write, ending.Token))
            {
                if (stream.IsDue) await stream.FlushAsync();
            }

            // The id alone is an event of no record: a query that finds little still resumes near the end.
            Head(stream, $"id: {tail.Cursor}\n\n");
            await stream.FlushAsync();
            await WaitAsync(tail, ending.Token);
        }

        bool Write(in StoredRecord record)
        {
            Head(stream, $"event: record\nid: {tail.CursorBehind(record)}\ndata: ");
            stream.Record(record);
            stream.Raw("\n"u8);
            return true;
        }
    }

    private static void Head(RecordStream stream, FormattableString text) =>
        stream.Raw(Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static async ValueTask WaitAsync(ISearchTail tail, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(HttpLimits.Heartbeat);
        try
        {
            await tail.WaitAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing came: time for a sign of life.
        }
    }

    /// <summary>The id says which position comes next.</summary>
    private static ulong? ReadLastEvent(HttpRequest request) =>
        ulong.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
