namespace Culvert.Collector.Store;

/// <summary>What the store says of itself. Always: Cursor = Stored + Expired + Missing.</summary>
/// <param name="Cursor">Positions that the store has dealt with: all below it.</param>
/// <param name="Stored">Records in blocks.</param>
/// <param name="Expired">Records that retention deleted.</param>
/// <param name="Missing">Records that were lost to damage: of a spool entry, or of a file that was set aside.</param>
/// <param name="Pending">Records that wait for their block; they are in the spool and are found by a search.</param>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Size of all files.</param>
/// <param name="Commits">Commits since the start.</param>
internal readonly record struct StoreStats(
    ulong Cursor, long Stored, long Expired, long Missing, long Pending, int Files, long Bytes, long Commits);
