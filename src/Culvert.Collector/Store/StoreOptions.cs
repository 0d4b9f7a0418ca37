namespace Culvert.Collector.Store;

/// <summary>What a user may say about the store, under <c>store</c> in the configuration. Checked once, at
/// open.</summary>
internal sealed record StoreOptions
{
    /// <summary>The folder of the store's files. Made when it is not there, readable by its owner alone.</summary>
    public required string Folder { get; init; }

    /// <summary>How long a file is kept after its last record arrived. Default 7 days; at least 1 minute. Raising it
    /// costs disk, up to <see cref="MaxBytes"/>.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Size of all files together, in bytes; the oldest go first, the newest never. Null, the default, is a
    /// tenth of the disk. At least 1 MiB. Raising it costs disk.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Size at which a new file is begun, in bytes. Default 1 GiB, 1 MiB to 64 GiB. Retention deletes whole
    /// files, so raising it makes retention coarser; lowering it makes long searches open more files.</summary>
    public long FileBytes { get; init; } = 1L << 30;

    /// <summary>How long a record may wait for its block. Default 5 s, 10 ms to 10 min. Raising it makes fewer, larger
    /// writes; what waits is searched from the spool.</summary>
    public TimeSpan FlushAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws with a sentence that names the wrong option.</summary>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Folder)) throw new ArgumentException("store.folder is empty: name a folder.");
        if (MaxAge < TimeSpan.FromMinutes(1)) throw new ArgumentException("store.maxAge is under 1 minute: raise it.");
        if (MaxBytes < 1 << 20) throw new ArgumentException("store.maxBytes is under 1MiB: raise it.");
        if (FileBytes is < 1 << 20 or > 1L << 36)
            throw new ArgumentException("store.fileBytes is outside 1MiB to 64GiB: choose a value in between.");
        if (FlushAfter < TimeSpan.FromMilliseconds(10) || FlushAfter > TimeSpan.FromMinutes(10))
            throw new ArgumentException("store.flushAfter is outside 10ms to 10min: choose a value in between.");
    }
}
