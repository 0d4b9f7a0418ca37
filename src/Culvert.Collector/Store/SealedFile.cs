namespace Culvert.Collector.Store;

/// <summary>A file that is written no more: what retention needs to know of it.</summary>
internal sealed record SealedFile(StoreFileName Name, long Bytes, long Records, long LastObservedNs)
{
    /// <summary>Reads it from the file, which also proves that SQLite can open it.</summary>
    public static SealedFile Read(StoreFileName name, string path)
    {
        using var connection = StoreSchema.OpenForReading(path);
        var meta = StoreMeta.From(StoreSchema.ReadMeta(connection));
        return new SealedFile(name, new FileInfo(path).Length, meta.Records, meta.LastObservedNs);
    }
}
