using Culvert.Cli.Reading;
using Culvert.Collector.Configuration;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Reading;

/// <summary>What reading a folder that no collector holds leaves behind: nothing, and nothing less.</summary>
public sealed class FolderReaderTests : IDisposable
{
    private const int Batches = 12;
    private const int PerBatch = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_RecordsLongOverTheirAge_AreReadAndNoFileGoes()
    {
        await FillAsync();
        var before = Segments();
        Assert.InRange(before.Length, 3, 100);

        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using (var data = FolderReader.OpenData(_folder.Path, time))
        {
            // At a tick the spool learns how old a segment is, and deletes what it knows; a checkpoint asked for behind
            // it is made behind it.
            for (var tick = 0; tick < 4; tick++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await data.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
            }

            Assert.Equal(before, Segments());
        }

        Assert.Equal(before, Segments());
        await using var again = FolderReader.Open(_folder.Path);
        Assert.Equal(Batches * PerBatch, await CountAsync(again));
    }

    [Fact]
    public async Task Open_WhileItIsRead_TheFolderIsHeldAndFreeAfterwards()
    {
        await FillAsync();
        await using (FolderReader.Open(_folder.Path))
            Assert.Throws<DataFolderHeldException>(() => FolderReader.Open(_folder.Path));

        using var free = DataFolderLock.TryAcquire(_folder.Path, TimeProvider.System, out _);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task Open_SpoolCannotBeOpened_LetsGoOfTheFolder()
    {
        // A file stands where the spool's folder is to be.
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "spool"), "in the way", TestContext.Current.CancellationToken);

        Assert.ThrowsAny<IOException>(() => FolderReader.Open(_folder.Path));

        using var free = DataFolderLock.TryAcquire(_folder.Path, TimeProvider.System, out _);
        Assert.NotNull(free);
    }

    private async Task FillAsync()
    {
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
        [
            ConfigurationSources.Option("spool.segmentSize", "1MiB", "--test"),
            ConfigurationSources.Option("spool.maxSize", "64MiB", "--test"),
            ConfigurationSources.Option("spool.maxAge", "36500d", "--test"),
            ConfigurationSources.Option("spool.minFree", "1MiB", "--test"),
        ]);
        Assert.Empty(reader.Problems);
        var longAgo = new ManualTime(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var data = CollectorData.Open(
            configuration, _folder.Path, NullLoggerFactory.Instance, longAgo);
        var next = 1UL;
        for (var i = 0; i < Batches; i++, next += PerBatch)
        {
            var batch = TestBatch.Of(next, PerBatch, padding: 3_000);
            var result = await data.Intake.SendAsync(new ProducerId(7, 1), next, batch, observedNs: 1).AsTask()
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.Equal(IntakeStatus.Durable, result.Status);
        }
    }

    private static Task<long> CountAsync(FolderReader reader) =>
        reader.CountAsync(new SearchTerms("", null, null), TestContext.Current.CancellationToken);

    private string[] Segments() =>
    [
        .. Directory.GetFiles(Path.Combine(_folder.Path, "spool"), "*.segment").Select(Path.GetFileName)
            .Order(StringComparer.Ordinal).Cast<string>(),
    ];
}
