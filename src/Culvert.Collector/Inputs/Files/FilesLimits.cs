using Culvert.Collector.Inputs.Lines;

namespace Culvert.Collector.Inputs.Files;

/// <summary>Every limit of following files, in one place.</summary>
internal static class FilesLimits
{
    /// <summary>Longest line, in bytes. Of a longer one the head is kept.</summary>
    public const int LineBytesMax = LineLimits.LineBytesMax;

    /// <summary>Bytes read from one file before the next has its turn, so that a huge one does not hold up the others.
    /// Two of the longest lines, so that every turn gets on.</summary>
    public const int TurnBytes = 2 * LineBytesMax;

    /// <summary>Files followed, each with an open handle; more are left for later and reported.</summary>
    public const int FilesMax = 16_384;

    /// <summary>Paths that one scan goes through at most.</summary>
    public const int ScanPathsMax = 1_000_000;

    /// <summary>How deep <c>**</c> goes.</summary>
    public const int ScanDepthMax = 64;

    /// <summary>Batches given to the intake and not yet durable, over all files.</summary>
    public const int BatchesInFlightMax = 32;

    /// <summary>First bytes of a file by which it is told from another with the same inode.</summary>
    public const int FingerprintBytesMax = 1024;

    /// <summary>Bytes before the read position that are compared at each read: what was written over is noticed even
    /// when
    /// the file is longer than before.</summary>
    public const int GuardBytes = 64;

    /// <summary>Largest state file that is read, in bytes.</summary>
    public const int StateBytesMax = 256 * 1024 * 1024;

    /// <summary>The state file is written anew when it is this large and mostly out of date, in bytes.</summary>
    public const int StateCompactBytes = 1024 * 1024;

    /// <summary>Longest path kept in the state, in bytes.</summary>
    public const int PathBytesMax = 4096;

    /// <summary>How long a file without changes is looked at as often as a busy one.</summary>
    public static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(10);

    /// <summary>How often a file without changes is looked at.</summary>
    public static readonly TimeSpan IdlePollInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long a deleted file is kept open after its last change: its writer may still have it
    /// open.</summary>
    public static readonly TimeSpan DeletedKeptFor = TimeSpan.FromSeconds(10);

    /// <summary>How long a file that no pattern names any more is followed after its last change.</summary>
    public static readonly TimeSpan RenamedKeptFor = TimeSpan.FromMinutes(5);

    /// <summary>How long the position of a file that is not found is remembered.</summary>
    public static readonly TimeSpan PositionKeptFor = TimeSpan.FromDays(30);

    /// <summary>Longest time between saving positions while files are read.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait before giving a batch again when the intake is full.</summary>
    public static readonly TimeSpan FullRetryDelay = TimeSpan.FromSeconds(1);
}
