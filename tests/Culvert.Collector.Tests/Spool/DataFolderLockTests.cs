using Culvert.Collector.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Spool;

public sealed class DataFolderLockTests
{
    [Fact]
    public void TryAcquire_HeldAlready_SaysByWhomAndIsFreeAfterDispose()
    {
        using var folder = new TempFolder();
        using (var first = DataFolderLock.TryAcquire(folder.Path, TimeProvider.System, out _))
        {
            Assert.NotNull(first);
            Assert.Null(DataFolderLock.TryAcquire(folder.Path, TimeProvider.System, out var holder));
            Assert.Contains($"process {Environment.ProcessId} since ", holder, StringComparison.Ordinal);
        }

        using var second = DataFolderLock.TryAcquire(folder.Path, TimeProvider.System, out _);
        Assert.NotNull(second);
    }
}
