namespace Culvert.Shipping;

/// <summary>Every limit of shipping, in one place.</summary>
internal static class ShippingLimits
{
    /// <summary>Smallest buffer: below it, one batch would be most of the buffer.</summary>
    public const int BufferBytesMin = 256 * 1024;

    public const int BufferBytesMax = 1024 * 1024 * 1024;

    /// <summary>A buffer is made of at least this many batches, so that the quarter kept for warnings is
    /// several.</summary>
    public const int BatchesPerBuffer = 16;

    /// <summary>Most batches on their way without acknowledgement. At 64 KiB each and 10 ms for an fsync it lets
    /// 200 MB a second through.</summary>
    public const int WindowBatches = 32;

    /// <summary>Most resources in one batch, and their bytes: a batch must stay near its target.</summary>
    public const int BatchResourceCount = 64;
    public const int BatchResourceBytes = 32 * 1024;

    /// <summary>Batches kept for use again after a burst.</summary>
    public const int FreeBatchesMax = 16;

    /// <summary>What length, gap and resource index may take before a record's content.</summary>
    public const int RecordHeadBytes = 3 * Records.Varint.BytesMax;

    /// <summary>Memory of one thread's encoder that is given back after an unusually large record.</summary>
    public const int ScratchBytesKept = 256 * 1024;

    /// <summary>The collector must take batches at least this large.</summary>
    public const int BatchBytesMaxLeast =
        Records.RecordLimits.RecordBytesMax + (2 * Records.RecordLimits.BatchBytesTarget);

    /// <summary>Largest frame that a client takes from a collector: only the text of an Error varies.</summary>
    public const int ServerFrameBytesMax = 16 * 1024;

    public static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WelcomeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a session lasts whose batches nobody acknowledges. A collector with a full disk does not
    /// acknowledge, and then a reconnect does no harm; a dead machine behind TCP would otherwise not be
    /// noticed.</summary>
    public static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the last word waits for the collector's close, when all is acknowledged already.</summary>
    public static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);
}
