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

    /// <summary>Most shapes of a journal. Calls beyond them are written as whole records.</summary>
    public const int ShapeCountMax = 2048;

    /// <summary>Largest shape, in bytes: below it nothing in a record made of it is over a limit of its own.</summary>
    public const int ShapeBytesMax = 4096;

    /// <summary>Most that a call has of its own beside its shape, in bytes.</summary>
    public const int ShapedBytesMax = 512;

    /// <summary>Most journals in a folder. Each start of a program makes one, and a collector that never comes must not
    /// cost a disk.</summary>
    public const int FilesMax = 32;

    /// <summary>Attempts to make a file whose folder, name or lock somebody else took in between.</summary>
    public const int CreateAttempts = 10;

    /// <summary>Most folders in the system's memory that the start of a collector looks at, to remove empty
    /// ones.</summary>
    public const int FoldersSweptMax = 4_096;

    /// <summary>How far ahead of a frame its ring is fetched into the processor's cache.</summary>
    public const int PrefetchBytes = 1024;

    /// <summary>What a reader looks at in one go.</summary>
    public const int ReadBytes = 256 * 1024;

    /// <summary>How long a call that waits for room sleeps between two looks: nothing of another process can wake it
    /// without a system call for each record there.</summary>
    public static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(1);

    /// <summary>The same for a flush.</summary>
    public static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(5);
}
