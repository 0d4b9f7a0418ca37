using System.Collections.Concurrent;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Intake;
using Culvert.Collector.Web;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>Takes logs from OpenTelemetry SDKs and collectors over OTLP/HTTP; source: opentelemetry.io/docs/specs/otlp.
/// A request is answered with success only after the fsync that covers its records.</summary>
internal sealed class OtlpInput : IInput
{
    public const string Path = "/v1/logs";

    private readonly InputContext _context;
    private readonly HttpIntake _intake;
    private readonly HttpBodyBudget _budget = new(HttpInputLimits.BodiesBytesMax);
    private readonly ConcurrentBag<OtlpScratch> _scratch = [];

    public OtlpInput(InputContext context)
    {
        _context = context;
        _intake = new HttpIntake(context.Name, context.Intake, context.Time);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => [$"POST {Path}"];

    /// <summary>Adds the endpoint to the collector's web server.</summary>
    public void Map(HttpRoutes routes) => routes.Map("POST", Path, RouteKind.Ingest, HandleAsync);

    /// <summary>The web server begins to take requests, not the input.</summary>
    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask StopAsync(CancellationToken cancellationToken) =>
        await _intake.StopAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _intake.StopAsync(CancellationToken.None).ConfigureAwait(false);
        while (_scratch.TryTake(out var scratch)) scratch.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim() ?? "";
        var asJson = type.Equals(OtlpResponse.JsonType, StringComparison.OrdinalIgnoreCase);
        if (!asJson && !type.Equals(OtlpResponse.ProtobufType, StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, false, StatusCodes.Status415UnsupportedMediaType,
                $"The content type must be {OtlpResponse.ProtobufType} or {OtlpResponse.JsonType}.")
                .ConfigureAwait(false);
            return;
        }

        if (!_intake.TryBegin())
        {
            await RefuseAsync(context, asJson, StatusCodes.Status503ServiceUnavailable, "The collector is stopping.")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            await TakeAsync(context, asJson).ConfigureAwait(false);
        }
        finally
        {
            _intake.End();
        }
    }

    private async Task TakeAsync(HttpContext context, bool asJson)
    {
        using var body = await HttpBody.ReadAsync(context, _budget).ConfigureAwait(false);
        if (body.Status != HttpBodyStatus.Read)
        {
            var (status, message) = HttpRefusal.Of(body.Status);
            await RefuseAsync(context, asJson, status, message).ConfigureAwait(false);
            return;
        }

        if (!_scratch.TryTake(out var scratch)) scratch = new OtlpScratch();
        try
        {
            await DecodeAsync(context, asJson, body, scratch).ConfigureAwait(false);
        }
        finally
        {
            Return(scratch);
        }
    }

    private async Task DecodeAsync(HttpContext context, bool asJson, HttpBody body, OtlpScratch scratch)
    {
        if (!scratch.TryDecode(body.Bytes.Span, asJson))
        {
            await RefuseAsync(context, asJson, StatusCodes.Status400BadRequest,
                "The body is not a whole ExportLogsServiceRequest; nothing of it was kept.")
                .ConfigureAwait(false);
            return;
        }

        var result = await _intake.AcceptAsync(scratch.Batches, HttpOrigin.Of(context, Name)).ConfigureAwait(false);
        if (result.Status is IntakeStatus.Full or IntakeStatus.Stopping)
        {
            await RefuseAsync(context, asJson, StatusCodes.Status503ServiceUnavailable,
                result.Message ?? "The collector cannot take records now.").ConfigureAwait(false);
            return;
        }

        var rejected = scratch.RejectedCount;
        if (scratch.RepairedCount > 0) _context.Ledger.CountMended(Name, MendReason.InvalidText, scratch.RepairedCount);
        if (rejected > 0) _context.Ledger.CountDropped(Name, DropReason.TooLong, rejected);
        await OtlpResponse.AcceptedAsync(context, asJson, rejected).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, bool asJson, int status, string message)
    {
        _context.Ledger.CountRefused(Name, status);
        return OtlpResponse.RefusedAsync(context, asJson, status, message);
    }

    private void Return(OtlpScratch scratch)
    {
        if (_scratch.Count < HttpInputLimits.ScratchKeptMax
            && scratch.CapacityBytes <= HttpInputLimits.ScratchBytesKeptMax)
            _scratch.Add(scratch);
        else
            scratch.Dispose();
    }
}
