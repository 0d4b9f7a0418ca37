using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Intake;
using Culvert.Collector.Web;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>Takes Serilog's compact log events over HTTP, at the paths to which its Seq sinks send them and with Seq's
/// answers; source: docs.datalust.co, "Posting raw events". An API key is accepted and means nothing here.</summary>
internal sealed class ClefInput : IInput
{
    public const string Path = "/ingest/clef";

    /// <summary>Where sinks sent events before Seq 2024.</summary>
    public const string OldPath = "/api/events/raw";

    private const string ClefType = "application/vnd.serilog.clef";

    private readonly InputContext _context;
    private readonly HttpIntake _intake;
    private readonly HttpBodyBudget _budget = new(HttpInputLimits.BodiesBytesMax);
    private readonly ConcurrentBag<(ClefDecoder Decoder, RecordBatches Batches)> _scratch = [];

    public ClefInput(InputContext context)
    {
        _context = context;
        _intake = new HttpIntake(context.Name, context.Intake, context.Time);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => [$"POST {Path}", $"POST {OldPath}?clef"];

    /// <summary>Adds the endpoints to the collector's web server.</summary>
    public void Map(HttpRoutes routes)
    {
        routes.Map("POST", Path, RouteKind.Ingest, HandleAsync);
        routes.Map("POST", OldPath, RouteKind.Ingest, HandleOldAsync);
    }

    /// <summary>The web server begins to take requests, not the input.</summary>
    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask StopAsync(CancellationToken cancellationToken) =>
        await _intake.StopAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync() => await _intake.StopAsync(CancellationToken.None).ConfigureAwait(false);

    // The old path takes CLEF only when the request says so; without, it is Seq's older format of one JSON object.
    private Task HandleOldAsync(HttpContext context)
    {
        var isClef = context.Request.Query.ContainsKey("clef")
            || context.Request.ContentType?.StartsWith(ClefType, StringComparison.OrdinalIgnoreCase) == true;
        return isClef
            ? HandleAsync(context)
            : RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType,
                $"Only newline-delimited CLEF is taken here; send to {Path}.");
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!_intake.TryBegin())
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "The collector is stopping.")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            using var body = await HttpBody.ReadAsync(context, _budget).ConfigureAwait(false);
            if (body.Status == HttpBodyStatus.Read)
            {
                await TakeAsync(context, body).ConfigureAwait(false);
                return;
            }

            var (status, message) = HttpRefusal.Of(body.Status);
            await RefuseAsync(context, status, message).ConfigureAwait(false);
        }
        finally
        {
            _intake.End();
        }
    }

    private async Task TakeAsync(HttpContext context, HttpBody body)
    {
        if (!_scratch.TryTake(out var scratch)) scratch = (new ClefDecoder(), new RecordBatches());
        var (decoder, batches) = scratch;
        try
        {
            batches.Clear();
            decoder.Decode(body.Bytes, batches);
            var result = await _intake.AcceptAsync(batches, HttpOrigin.Of(context, Name)).ConfigureAwait(false);
            await AnswerAsync(context, result, decoder, batches.RecordCount).ConfigureAwait(false);
        }
        finally
        {
            var keep = _scratch.Count < HttpInputLimits.ScratchKeptMax;
            if (keep && batches.CapacityBytes <= HttpInputLimits.ScratchBytesKeptMax) _scratch.Add(scratch);
        }
    }

    private Task AnswerAsync(HttpContext context, IntakeResult result, ClefDecoder decoder, int kept)
    {
        if (result.Status is IntakeStatus.Full or IntakeStatus.Stopping)
        {
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable,
                result.Message ?? "The collector cannot take records now.");
        }

        if (decoder.MalformedCount > 0)
            _context.Ledger.CountDropped(Name, DropReason.Malformed, decoder.MalformedCount);
        if (decoder.TooLongCount > 0) _context.Ledger.CountDropped(Name, DropReason.TooLong, decoder.TooLongCount);
        return kept == 0 && decoder.Problem is { } problem
            ? RefuseAsync(context, StatusCodes.Status400BadRequest, problem)
            : WriteAsync(context, StatusCodes.Status201Created, json => json.WriteNull("MinimumLevelAccepted"));
    }

    private Task RefuseAsync(HttpContext context, int status, string message)
    {
        _context.Ledger.CountRefused(Name, status);
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = HttpInputLimits.RetryAfterSeconds.ToString(
                CultureInfo.InvariantCulture);
        return WriteAsync(context, status, json => json.WriteString("Error", message));
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        var json = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
