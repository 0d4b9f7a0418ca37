namespace Culvert.Collector.Store;

/// <summary>What one thread needs to build blocks. Reused.</summary>
internal sealed class BlockWorker : IDisposable
{
    private readonly BlockReader _reader = new();

    public BlockBuilder Builder { get; } = new();

    /// <summary>Adds the records of a block of the same file.</summary>
    public void AddAll(BlockEntry block, StoreFile file)
    {
        file.Open(block, _reader);
        _reader.Load(ColumnSet.All);
        for (var i = 0; i < _reader.Records; i++)
        {
            var source = block.Summary.Sources[_reader.SourceIndex(i)];
            Builder.Add(_reader.Get(i), source);
        }
    }

    public void Dispose()
    {
        Builder.Dispose();
        _reader.Dispose();
    }
}
