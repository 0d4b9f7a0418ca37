namespace Culvert.Records;

/// <summary>Every limit of a record and a batch, in one place. A writer keeps them; a reader refuses what breaks
/// them.</summary>
public static class RecordLimits
{
    /// <summary>Longest body, attribute value or template, in bytes of UTF-8. What is longer is cut by the writer and
    /// marked <see cref="RecordFlags.Truncated"/>: the head is kept.</summary>
    public const int StringBytesMax = 256 * 1024;

    /// <summary>Longest attribute key, logger name or resource value, in bytes of UTF-8.</summary>
    public const int KeyBytesMax = 4 * 1024;

    /// <summary>Most attributes of one record or resource.</summary>
    public const int AttributeCountMax = 512;

    /// <summary>Largest record as a whole, in bytes.</summary>
    public const int RecordBytesMax = 1024 * 1024;

    /// <summary>The highest of OpenTelemetry's severity numbers.</summary>
    public const int SeverityMax = 24;

    /// <summary>Most records in one batch.</summary>
    public const int BatchRecordCountMax = 16_384;

    /// <summary>Most resources in one batch.</summary>
    public const int BatchResourceCountMax = 1_024;

    /// <summary>Largest batch, in bytes. Writers close a batch at <see cref="BatchBytesTarget"/>; one large record may
    /// exceed that.</summary>
    public const int BatchBytesMax = 2 * 1024 * 1024;

    /// <summary>Size at which a writer closes a batch, in bytes. A damaged spool entry costs one batch, so smaller is
    /// safer and larger is faster; at 64 KiB the cost for each batch is below a hundredth of that of its
    /// records.</summary>
    public const int BatchBytesTarget = 64 * 1024;
}
