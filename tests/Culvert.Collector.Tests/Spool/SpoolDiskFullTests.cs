using System.Diagnostics;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Spool;

public sealed class SpoolDiskFullTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly ProducerId Producer = new(42, 1);

    [Theory]
    [InlineData(2 << 20)]
    [InlineData(0)]
    public async Task Accept_OnASmallRealDisk_RefusesWhenFullAndGoesOnWithSpace(long floorBytes)
    {
        using var folder = new TempFolder();
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder.Path) != 0)
            Assert.Skip("Mounting a small tmpfs needs root.");
        try
        {
            await FillAsync(folder.Path, floorBytes);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static async Task FillAsync(string folder, long floorBytes)
    {
        var ballast = Path.Combine(folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[4 << 20], TestContext.Current.CancellationToken);
        var time = new ManualTime();
        var options = new SpoolOptions { Folder = Path.Combine(folder, "spool"), FreeSpaceFloorBytes = floorBytes,
            SegmentBytes = 1 << 20 };
        var next = 1UL;
        await using (var spool = TestSpool.Open(options, null, time))
        {
            // Errors, which are taken as long as anything is.
            while (await SendAsync(spool, next) == IntakeStatus.Durable) next += 10;
            Assert.InRange(next, 1_000UL, 4_000UL);
            Assert.Equal(IntakeStatus.Full, await SendAsync(spool, next));
            Assert.True(await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken),
                "The checkpoint can be written on a full disk.");
            Assert.Equal((int)next - 1, spool.ReadAll().Count);

            File.Delete(ballast);
            time.Advance(TimeSpan.FromSeconds(1));
            await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.Equal(IntakeStatus.Durable, await SendAsync(spool, next));
            next += 10;
            Assert.True(spool.Ledger.Snapshot().Balanced);
        }

        await using var again = TestSpool.Open(options, null, time);
        Assert.Equal(Enumerable.Range(1, (int)next - 1).Select(i => (ulong)i),
            again.ReadAll().Select(record => record.Sequence));
    }

    private static async Task<IntakeStatus> SendAsync(TestSpool spool, ulong first)
    {
        var batch = TestBatch.Of(
            [.. Enumerable.Range(0, 10).Select(i => first + (ulong)i)], first, severity: _ =>
                Culvert.Records.Severity.Error, padding: 2000);
        return (await spool.Intake.SendAsync(Producer, first, batch).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken)).Status;
    }

    private static int Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            return process.WaitForExit(Limit) ? process.ExitCode : -1;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
