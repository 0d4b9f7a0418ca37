namespace Culvert.Collector.Store;

/// <summary>What a search did.</summary>
internal sealed class SearchReport
{
    private int _blocksRead, _blocksDamaged;
    private long _recordsDamaged, _recordsScanned;

    /// <summary>Blocks in the store, all files.</summary>
    public int Blocks { get; set; }

    /// <summary>Blocks that were read.</summary>
    public int BlocksRead => _blocksRead;

    /// <summary>Blocks that were left out because they are damaged.</summary>
    public int BlocksDamaged => _blocksDamaged;

    /// <summary>Their records.</summary>
    public long RecordsDamaged => _recordsDamaged;

    /// <summary>Records that were asked one by one.</summary>
    public long RecordsScanned => _recordsScanned;

    public void CountRead(int records)
    {
        Interlocked.Increment(ref _blocksRead);
        Interlocked.Add(ref _recordsScanned, records);
    }

    public void CountScanned(int records) => Interlocked.Add(ref _recordsScanned, records);

    public void CountDamaged(int records)
    {
        Interlocked.Increment(ref _blocksDamaged);
        Interlocked.Add(ref _recordsDamaged, records);
    }
}
