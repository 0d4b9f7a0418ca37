namespace Culvert.Collector.Inputs.Http;

/// <summary>Every limit of the inputs that take records over HTTP, in one place.</summary>
internal static class HttpInputLimits
{
    /// <summary>Largest body as it comes over the wire, in bytes. Raising it costs memory for each request under
    /// way.</summary>
    public const int BodyBytesMax = 16 * 1024 * 1024;

    /// <summary>Largest body once it is decompressed, in bytes. Decompression stops here, so a zip bomb costs no
    /// more.</summary>
    public const int DecompressedBytesMax = 64 * 1024 * 1024;

    /// <summary>Bytes that the bodies of all requests of one input may hold together; beyond it a request is told to
    /// come
    /// again later.</summary>
    public const long BodiesBytesMax = 256L * 1024 * 1024;

    /// <summary>Batches of one request that may be in the intake at a time.</summary>
    public const int BatchesInFlightMax = 32;

    /// <summary>What a sender is told to wait when the intake is full, in seconds.</summary>
    public const int RetryAfterSeconds = 5;

    /// <summary>Request-scoped scratch objects that are kept for the next request.</summary>
    public const int ScratchKeptMax = 8;

    /// <summary>Scratch above this size is not kept, in bytes.</summary>
    public const int ScratchBytesKeptMax = 1024 * 1024;

    /// <summary>Deepest nesting of a value; what lies deeper is replaced by null, and the record is marked as
    /// cut.</summary>
    public const int ValueDepthMax = 32;

    /// <summary>Deepest nesting of a JSON body. A nested value takes four levels in OTLP's JSON, so this is above
    /// <see cref="ValueDepthMax"/> in every shape.</summary>
    public const int JsonDepthMax = 8 + 4 * (ValueDepthMax + 1);

    /// <summary>Largest encoded resource, in bytes; attributes beyond it are left out.</summary>
    public const int ResourceBytesMax = 64 * 1024;
}
