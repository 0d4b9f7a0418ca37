using Culvert.Records;

namespace Culvert.Journals;

/// <summary>Every limit of a journal, in one place.</summary>
internal static class JournalLimits
{
    /// <summary>Smallest ring: below it one long record would be most of it.</summary>
    public const int CapacityMin = 256 * 1024;

    /// <summary>Largest ring. The position in the tail's word has 28 bits of 8 bytes, twice this.</summary>
    public const int CapacityMax = 1 << 30;

    /// <summary>Largest content of one frame: a record, or a quarter of the ring where that is less.</summary>
    public static int ContentBytesMax(int capacity) =>
        Math.Min(RecordLimits.RecordBytesMax - Shipping.ShippingLimits.RecordHeadBytes,
            capacity / 4 - JournalLayout.FrameHeaderBytes);

    /// <summary>Most journals in a folder. Each start of a program makes one, and a collector that never comes must not
    /// cost a disk.</summary>
    public const int FilesMax = 32;

    /// <summary>Attempts to make a file whose name or lock somebody else took in between.</summary>
    public const int CreateAttempts = 3;

    /// <summary>What a reader looks at in one go.</summary>
    public const int ReadBytes = 256 * 1024;

    /// <summary>How long a call that waits for room sleeps between two looks: nothing of another process can wake it
    /// without a system call for each record there.</summary>
    public static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(1);

    /// <summary>The same for a flush.</summary>
    public static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(5);
}
