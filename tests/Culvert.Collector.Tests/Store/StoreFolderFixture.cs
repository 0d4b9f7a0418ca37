using Culvert.Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Store;

/// <summary>A store in a folder of its own, which goes with the test.</summary>
internal sealed class StoreFolderFixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("culvert-store-").FullName;

    public StoreWriter OpenWriter(
        TimeProvider? time = null, long fileBytes = 1L << 30, StoreKillPoints? killPoints = null) =>
        StoreWriter.Open(
            new StoreOptions { Folder = Folder, FileBytes = fileBytes }, NullLogger.Instance, time, killPoints);

    public LogStore OpenStore(ISpoolTail? tail = null) => LogStore.Open(Folder, tail, NullLogger.Instance);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
