namespace Culvert.Collector.Store;

/// <summary>The numbers that a store file carries beside its blocks: changed in the same transaction as they
/// are.</summary>
internal sealed class StoreMeta
{
    /// <summary>The next position to store: all below it is in this file or an older one, or is counted as
    /// gone.</summary>
    public ulong Cursor { get; set; }

    /// <summary>The cursor when the file was begun.</summary>
    public ulong FirstPosition { get; set; }

    public long CreatedNs { get; set; }

    /// <summary>Arrival of the newest record in the file: its age for retention.</summary>
    public long LastObservedNs { get; set; }

    /// <summary>Records in the file's blocks.</summary>
    public long Records { get; set; }

    /// <summary>Blocks that were merged into others, so that a reader knows when its list is stale.</summary>
    public long Merged { get; set; }

    /// <summary>Records of all files that retention deleted, since the store was made.</summary>
    public long Expired { get; set; }

    /// <summary>Number of the newest file that retention deleted: counted already, whether or not it is still
    /// there.</summary>
    public int ExpiredFile { get; set; }

    public static StoreMeta From(Dictionary<string, long> values) => new()
    {
        Cursor = (ulong)values.GetValueOrDefault("cursor"),
        FirstPosition = (ulong)values.GetValueOrDefault("first_position"),
        CreatedNs = values.GetValueOrDefault("created_ns"),
        LastObservedNs = values.GetValueOrDefault("last_observed_ns"),
        Records = values.GetValueOrDefault("records"),
        Merged = values.GetValueOrDefault("merged"),
        Expired = values.GetValueOrDefault("expired"),
        ExpiredFile = (int)values.GetValueOrDefault("expired_file"),
    };

    public StoreMeta Clone() => (StoreMeta)MemberwiseClone();

    public IEnumerable<(string Key, long Value)> Values()
    {
        yield return ("cursor", (long)Cursor);
        yield return ("first_position", (long)FirstPosition);
        yield return ("created_ns", CreatedNs);
        yield return ("last_observed_ns", LastObservedNs);
        yield return ("records", Records);
        yield return ("merged", Merged);
        yield return ("expired", Expired);
        yield return ("expired_file", ExpiredFile);
    }
}
