namespace Culvert.Collector.Spool;

/// <summary>What a user may set of the spool. Fsync is not an option: nothing is acknowledged before it.</summary>
internal sealed record SpoolOptions
{
    /// <summary>The folder, made when it is not there, with mode 0700.</summary>
    public required string Folder { get; init; }

    /// <summary>Size at which a segment is sealed, in bytes; default 64 MiB, 64 KiB to 4 GiB. Space is given back
    /// segment by segment, so larger ones keep consumed records longer.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Size of all segments beyond which the oldest expire, consumed or not; default 8 GiB. At least two
    /// segments are kept. Raising it lets an output that stands still use more disk.</summary>
    public long MaxSizeBytes { get; init; } = 8L << 30;

    /// <summary>Age beyond which segments expire, consumed or not; default 7 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Consumed records that are kept for the live tail, in bytes; default 64 MiB. Not kept when the disk is
    /// short.</summary>
    public long KeepConsumedBytes { get; init; } = 64L << 20;

    /// <summary>Longest time between a change and the checkpoint that holds it; default 5 s. After a crash the tail
    /// since the checkpoint is read again, so a longer time makes a longer start.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes of entries between two checkpoints; default 32 MiB.</summary>
    public long CheckpointBytes { get; init; } = 32L << 20;

    /// <summary>Free space below which nothing more is taken; default 64 MiB. Below four times as much, Trace and Debug
    /// are shed, below three Info too, below two Warning. Lowering it endangers the store and the page, which need
    /// space too.</summary>
    public long FreeSpaceFloorBytes { get; init; } = 64L << 20;

    /// <summary>How often age, space and the checkpoint's interval are looked at; default 1 s.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called at every step of the spool's writing, on its thread; for the kill-point tests. Null in
    /// use.</summary>
    internal Action<SpoolStep>? OnStep { get; init; }

    /// <summary>Checks the options; throws with a sentence for a person.</summary>
    public void Check()
    {
        Require(Folder.Length > 0, "The spool needs a folder.");
        Require(SegmentBytes is >= 64 << 10 and <= 4L << 30,
            "The spool's segment size must be between 64KiB and 4GiB.");
        Require(MaxSizeBytes >= 2 * SegmentBytes, "The spool's largest size must be at least two segments.");
        Require(MaxAge > TimeSpan.Zero, "The spool's largest age must be more than nothing.");
        Require(KeepConsumedBytes >= 0, "What the spool keeps of consumed records must not be negative.");
        Require(CheckpointInterval > TimeSpan.Zero, "The spool's checkpoint interval must be more than nothing.");
        Require(CheckpointBytes >= 64 << 10, "The spool's bytes between checkpoints must be at least 64KiB.");
        Require(FreeSpaceFloorBytes >= 0, "The spool's free space floor must not be negative.");
        Require(TickInterval > TimeSpan.Zero, "The spool's tick must be more than nothing.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition) throw new ArgumentException(message);
    }
}
