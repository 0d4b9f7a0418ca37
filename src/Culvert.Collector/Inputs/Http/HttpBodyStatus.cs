namespace Culvert.Collector.Inputs.Http;

/// <summary>How reading a request's body ended.</summary>
internal enum HttpBodyStatus
{
    /// <summary>The whole body is there.</summary>
    Read,

    /// <summary>It is over a limit, compressed or decompressed.</summary>
    TooLarge,

    /// <summary>It ended early, or what is compressed cannot be decompressed.</summary>
    Broken,

    /// <summary>Its Content-Encoding is not known here.</summary>
    UnknownEncoding,

    /// <summary>Too many bodies are held at this moment.</summary>
    Busy,
}
