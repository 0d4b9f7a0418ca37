using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web;

/// <summary>Short answers that are no data.</summary>
internal static class HttpAnswer
{
    /// <summary>A refusal or an error: one sentence, in JSON.</summary>
    public static Task SentenceAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, sentence);
            writer.WriteEndObject();
        });
    }

    public static Task TextAsync(
        HttpContext context, int status, string text, string type = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static async Task JsonAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        using (var writer = new Utf8JsonWriter(context.Response.BodyWriter)) write(writer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
