namespace Culvert.Collector.Outputs.Files;

/// <summary>Which file an output writes.</summary>
internal sealed record FileSinkOptions
{
    /// <summary>Lines are written, and made durable, at latest when so many bytes are there.</summary>
    public const int BufferBytes = 1024 * 1024;

    public required string Path { get; init; }

    /// <summary>Size at which the file begins anew; default 64 MiB. One batch of lines may go beyond it.</summary>
    public long MaxSizeBytes { get; init; } = 64L << 20;

    /// <summary>How many files there are at most, the one that is written among them; default 10. The oldest is
    /// deleted, whether anybody read it or not.</summary>
    public int FileCount { get; init; } = 10;
}
