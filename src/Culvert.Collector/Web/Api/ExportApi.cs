using System.Text;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Downloads everything that a search finds. Streamed: memory does not grow with it.</summary>
internal sealed class ExportApi(ISearchEngine engine, TimeProvider time)
{
    private const int PageRecords = 2_000;

    public void Map(HttpRoutes routes) => routes.Map("GET", "/api/export", RouteKind.Api, ExportAsync);

    private async Task ExportAsync(HttpContext context)
    {
        var parameters = new ApiParameters(context.Request, time);
        var request = parameters.Search with { Limit = PageRecords };
        var format = parameters.Text("format", 20) is { Length: > 0 } text ? text : "ndjson";
        var (type, extension) = format switch
        {
            "ndjson" => ("application/x-ndjson", "ndjson"),
            "csv" => ("text/csv; charset=utf-8", "csv"),
            "text" => ("text/plain; charset=utf-8", "txt"),
            _ => throw new BadHttpRequestException($"format cannot be '{format}'; give ndjson, csv or text."),
        };
        var name = $"culvert-{time.GetUtcNow():yyyyMMdd-HHmmss}.{extension}";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        using var stream = new RecordStream(context, type);
        if (format == "csv") stream.Raw(Encoding.ASCII.GetBytes(RecordCsv.Head));
        var line = new StringBuilder();
        var options = new RecordTextOptions { ValueLengthMax = int.MaxValue };
        while (true)
        {
            var page = await engine.SearchAsync(request, context.RequestAborted);
            foreach (var record in page.Records)
            {
                Write(stream, format, line, options, record);
                if (stream.IsDue) await stream.FlushAsync();
            }

            if (page.Next is null) break;
            request = request with { Before = page.Next };
        }

        await stream.FlushAsync();
    }

    private static void Write(
        RecordStream stream, string format, StringBuilder line, RecordTextOptions options, RecordCopy record)
    {
        if (format == "ndjson")
        {
            stream.Record(record.Record);
            return;
        }

        line.Clear();
        if (format == "csv") RecordCsv.Append(line, record.Record);
        else RecordText.Append(line, record.Record, options);
        if (format == "text") line.Append('\n');
        stream.Raw(Encoding.UTF8.GetBytes(line.ToString()));
    }
}
