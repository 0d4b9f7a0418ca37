using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Http;

/// <summary>What a sender is told whose body was not read.</summary>
internal static class HttpRefusal
{
    public static (int Status, string Message) Of(HttpBodyStatus status) => status switch
    {
        HttpBodyStatus.TooLarge => (StatusCodes.Status413PayloadTooLarge,
            $"The body is larger than {HttpInputLimits.BodyBytesMax} bytes, or {HttpInputLimits.DecompressedBytesMax} "
            + "bytes decompressed; send smaller batches."),
        HttpBodyStatus.UnknownEncoding => (StatusCodes.Status415UnsupportedMediaType,
            "The Content-Encoding must be gzip, deflate, br or identity."),
        HttpBodyStatus.Busy => (StatusCodes.Status503ServiceUnavailable,
            "Too many large requests are under way; try again later."),
        _ => (StatusCodes.Status400BadRequest,
            "The body ended early or cannot be decompressed; nothing of it was kept."),
    };
}
