using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Otlp;
using Culvert.Records;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>Answers an exporter in the encoding that it used; source: opentelemetry.io/docs/specs/otlp, "OTLP/HTTP
/// Response".</summary>
internal static class OtlpResponse
{
    public const string ProtobufType = "application/x-protobuf";
    public const string JsonType = "application/json";

    // google.rpc.Code.
    private const int InvalidArgument = 3;
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;

    /// <summary>All is durable, but for the records that were refused.</summary>
    public static Task AcceptedAsync(HttpContext context, bool asJson, int rejected)
    {
        var message = $"{rejected} records were larger than {RecordLimits.RecordBytesMax} bytes and were not kept; "
            + "send smaller ones.";
        if (!asJson)
        {
            return WriteAsync(
                context, StatusCodes.Status200OK, ProtobufType, rejected == 0 ? [] : Partial(rejected, message));
        }

        if (rejected == 0) return WriteAsync(context, StatusCodes.Status200OK, JsonType, "{}"u8.ToArray());
        var count = rejected.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, StatusCodes.Status200OK, JsonType, Json(json =>
        {
            json.WriteStartObject("partialSuccess");
            json.WriteString("rejectedLogRecords", count);
            json.WriteString("errorMessage", message);
            json.WriteEndObject();
        }));
    }

    /// <summary>A google.rpc.Status; for 429 and 503 also when to come again.</summary>
    public static Task RefusedAsync(HttpContext context, bool asJson, int status, string message)
    {
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter =
                HttpInputLimits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var code = status switch
        {
            StatusCodes.Status503ServiceUnavailable => Unavailable,
            StatusCodes.Status429TooManyRequests => ResourceExhausted,
            _ => InvalidArgument,
        };
        return asJson
            ? WriteAsync(context, status, JsonType, Json(json =>
            {
                json.WriteNumber("code", code);
                json.WriteString("message", message);
            }))
            : WriteAsync(context, status, ProtobufType, Status(code, message));
    }

    private static byte[] Partial(int rejected, string message)
    {
        var inner = new RecordBuffer(128);
        ProtobufWriter.Number(inner, OtlpFields.PartialSuccessRejected, (ulong)rejected);
        ProtobufWriter.Bytes(inner, OtlpFields.PartialSuccessMessage, Encoding.UTF8.GetBytes(message));
        var outer = new RecordBuffer(128);
        ProtobufWriter.Bytes(outer, OtlpFields.ResponsePartialSuccess, inner.Written);
        return outer.Written.ToArray();
    }

    private static byte[] Status(int code, string message)
    {
        var buffer = new RecordBuffer(128);
        ProtobufWriter.Number(buffer, OtlpFields.StatusCode, (ulong)code);
        ProtobufWriter.Bytes(buffer, OtlpFields.StatusMessage, Encoding.UTF8.GetBytes(message));
        return buffer.Written.ToArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
