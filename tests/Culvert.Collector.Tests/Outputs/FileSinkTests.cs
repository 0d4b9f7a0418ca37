using System.Text;
using System.Text.Json;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Files;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Outputs;

public sealed class FileSinkTests
{
    [Fact]
    public async Task Write_MoreThanOneFile_LinesAreThereInOrderOnce()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(Path.Combine(folder.Path, "spool")));
        var options = new FileSinkOptions
        {
            Path = Path.Combine(folder.Path, "out", "records.jsonl"), MaxSizeBytes = 64 << 10, FileCount = 50,
        };
        await using (var pump = SpoolPumpTests.Pump(spool, "file", () => new FileSink(options)))
        {
            pump.Start();
            for (var first = 1UL; first <= 1001; first += 100)
            {
                await SpoolPumpTests.SendAsync(spool, first, 100, padding: 100);
                await SpoolPumpTests.UntilAsync(
                    () => SpoolPumpTests.Output(spool, "file").Waiting == 0, "the file has them");
            }
        }

        var files = Directory.GetFiles(Path.GetDirectoryName(options.Path)!);
        Assert.InRange(files.Length, 3, 50);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 64 << 10));
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => (long)i), Positions(files));
    }

    [Fact]
    public async Task Open_LineCutByACrash_IsRemovedAndWrittenWhole()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(Path.Combine(folder.Path, "spool")));
        var path = Path.Combine(folder.Path, "records.jsonl");
        await File.WriteAllTextAsync(
            path, "{\"position\":7}\n{\"positi" + new string('x', 100_000), TestContext.Current.CancellationToken);
        await using (var pump = SpoolPumpTests.Pump(
            spool, "file", () => new FileSink(new FileSinkOptions { Path = path })))
        {
            pump.Start();
            await SpoolPumpTests.SendAsync(spool, 1, 2);
            await SpoolPumpTests.UntilAsync(
                () => SpoolPumpTests.Output(spool, "file").Waiting == 0, "the file has them");
        }

        Assert.Equal([7L, 0L, 1L], (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
            .Select(Position));
    }

    [Fact]
    public async Task Open_FolderCannotBeMade_StateSaysWhy()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(Path.Combine(folder.Path, "spool")));
        var path = Path.Combine(folder.Path, "file", "records.jsonl");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "file"), "", TestContext.Current.CancellationToken);
        await using var pump = SpoolPumpTests.Pump(
            spool, "file", () => new FileSink(new FileSinkOptions { Path = path }));
        pump.Start();
        await SpoolPumpTests.UntilAsync(
            () => pump.Status.Snapshot().State == OutputState.Retrying, "it says what is wrong");
        Assert.Contains(folder.Path, pump.Status.Snapshot().Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardOutput_Records_AreLinesOfJson()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        using var stream = new MemoryStream();
        await using (var pump = SpoolPumpTests.Pump(spool, "stdout", () => new StandardOutputSink(() => stream)))
        {
            pump.Start();
            await SpoolPumpTests.SendAsync(spool, 1, 20);
            await SpoolPumpTests.UntilAsync(
                () => SpoolPumpTests.Output(spool, "stdout").Waiting == 0, "all is written");
        }

        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), lines.Select(Position));
    }

    private static IEnumerable<long> Positions(string[] files) =>
        files.OrderByDescending(Number).SelectMany(File.ReadLines).Select(Position);

    private static int Number(string file) =>
        int.TryParse(Path.GetExtension(file).TrimStart('.'), out var number) ? number : 0;

    private static long Position(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("position").GetInt64();
    }
}
