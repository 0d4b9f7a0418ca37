using Culvert.Collector.Intake;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Http;

/// <summary>What a sender is told whose body was not read, and how it is counted.</summary>
internal static class HttpRefusal
{
    /// <summary>The answer. A request that may come again is not counted as a drop: nothing of it was received
    /// yet.</summary>
    public static (int Status, string Message, DropReason? Counted) Of(HttpBodyStatus status) => status switch
    {
        HttpBodyStatus.TooLarge => (StatusCodes.Status413PayloadTooLarge,
            $"The body is larger than {HttpInputLimits.BodyBytesMax} bytes, or {HttpInputLimits.DecompressedBytesMax} "
            + "bytes "
            + "decompressed; send smaller batches.", DropReason.TooLong),
        HttpBodyStatus.UnknownEncoding => (StatusCodes.Status415UnsupportedMediaType,
            "The Content-Encoding must be gzip, deflate, br or identity.", DropReason.Malformed),
        HttpBodyStatus.Busy => (StatusCodes.Status503ServiceUnavailable,
            "Too many large requests are under way; try again later.", null),
        _ => (StatusCodes.Status400BadRequest,
            "The body ended early or cannot be decompressed; nothing of it was kept.", DropReason.Malformed),
    };
}
