using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>What all searches of one store share. Any thread.</summary>
internal sealed class StoreContext(ILogger logger) : IDisposable
{
    private readonly ConcurrentBag<BlockReader> _readers = [];
    private readonly ConcurrentDictionary<(int File, long Block), bool> _reported = [];
    private long _damagedBlocks;

    /// <summary>Blocks that were found damaged since the start, each once.</summary>
    public long DamagedBlocks => Interlocked.Read(ref _damagedBlocks);

    public BlockReader RentReader() => _readers.TryTake(out var reader) ? reader : new BlockReader();

    public void Return(BlockReader reader) => _readers.Add(reader);

    /// <summary>Says once that a block is damaged.</summary>
    public void ReportDamaged(StoredBlock block, string problem)
    {
        if (!_reported.TryAdd((block.File.Name.Number, block.Id), true)) return;
        Interlocked.Increment(ref _damagedBlocks);
        StoreLog.BlockDamaged(logger, block.File.FilePath, problem, block.Summary.Records);
    }

    public void Dispose()
    {
        while (_readers.TryTake(out var reader)) reader.Dispose();
    }
}
