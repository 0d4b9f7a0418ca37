using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs.Files;
using Culvert.Collector.Tests.Inputs.Otlp;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>Prints what the sources cost in processor time, without the spool behind them. Part of the full
/// run.</summary>
public sealed class SourcesSpeedTests
{
    private const int RecordCount = 20_000;

    private static bool IsFull => Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";

    [Fact]
    public void Decode_OtlpAndClef_RecordsPerSecond()
    {
        Assert.SkipUnless(IsFull, "A measurement; set CULVERT_TEST_FULL=1.");
        var records = Enumerable.Range(0, RecordCount).Select(i => (Action<ProtobufBuilder>)(record => record
            .Fixed64(1, 1_700_000_000_000_000_000 + (ulong)i).Number(2, 9).Text(3, "Information")
            .Message(5, body => body.Text(1,
                $"request {i} to /api/orders/{i} answered 200 in 12 ms, with a text of some length"))
            .Pair(6, "OrderId", value => value.Number(3, (ulong)i)).Pair(6, "Path", value =>
                value.Text(1, "/api/orders"))
            .Bytes(9, new byte[16]).Bytes(10, new byte[8]))).ToArray();
        var protobuf = OtlpInputTests.Request(records);
        using var scratch = new OtlpScratch();
        Measure("otlp protobuf decode", protobuf.Length, () => Assert.True(scratch.TryDecode(protobuf, false)));
        Assert.Equal(RecordCount, scratch.Batches.RecordCount);

        var clef = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, RecordCount).Select(i =>
            """{"@t":"2023-11-14T22:13:20.1234567Z","@mt":"request {Id} to {Path} answered {Status}","Id":"""
            + $$"""{{i}},"Path":"/api/orders","Status":200}""" + "\n")));
        var decoder = new ClefDecoder();
        var batches = new RecordBatches();
        Measure("clef decode", clef.Length, () =>
        {
            batches.Clear();
            decoder.Decode(clef, batches);
        });
        Assert.Equal(RecordCount, batches.RecordCount);
    }

    [Fact]
    public async Task Read_OneLargeFileAndManyIdle_Speed()
    {
        Assert.SkipUnless(IsFull, "A measurement; set CULVERT_TEST_FULL=1.");
        await using var files = new FilesFixture();
        var line = "2026-01-01 10:00:00 INFO request to /api/orders answered 200 in 12 ms, with a text of some length "
            + "to make it two hundred bytes";
        var lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{line} {i:000000}\n"));
        for (var i = 0; i < 20; i++)
        {
            files.Append("warm.log", lines);
            files.Append("large.log", lines);
        }

        var bytes = new FileInfo(files.PathOf("large.log")).Length;
        var intake = new CountingIntake();
        var context = new InputContext("files", intake, new Ledger(), files.Clock, NullLoggerFactory.Instance);
        await using (var warm = new FilesInput(
            context, files.Options("warm.log") with { StateFile = files.PathOf("w") }))
        {
            warm.Open();
            await warm.PassAsync(TestContext.Current.CancellationToken);
        }

        var warmed = intake.Count;
        File.Delete(files.PathOf("warm.log"));
        await using var input = new FilesInput(context, files.Options("*.log"));
        input.Open();
        var token = TestContext.Current.CancellationToken;
        var clock = CpuClock.StartNew();
        await input.PassAsync(token);
        Print($"files: {bytes / clock.Seconds / 1e6:0} MB/s, {(intake.Count - warmed) / clock.Seconds:0} records/s");
        Assert.InRange(intake.Count - warmed, 199_999, 200_000);

        for (var i = 0; i < 10_000; i++) File.WriteAllText(files.PathOf($"idle-{i}.log"), $"line of {i}\n");
        input.ScanNext();
        clock = CpuClock.StartNew();
        await input.PassAsync(token);
        Print($"files: {input.FileCount} opened and read in {clock.Seconds * 1e3:0} ms");
        await Idle("poll of all", input, files);
        files.Clock.Advance(TimeSpan.FromSeconds(20));
        await Idle("first poll as idle", input, files);
        await Idle("pass while idle", input, files);
    }

    private static async Task Idle(string what, FilesInput input, FilesFixture files)
    {
        files.Clock.Advance(TimeSpan.FromMilliseconds(250));
        var before = GC.GetTotalMemory(true);
        var clock = CpuClock.StartNew();
        await input.PassAsync(TestContext.Current.CancellationToken);
        Print($"files: {what} {clock.Seconds * 1e3:0.0} ms, {before / 1e6:0} MB in use");
    }

    private static void Measure(string what, int bytes, Action run)
    {
        for (var i = 0; i < 20; i++) run();
        var clock = CpuClock.StartNew();
        const int Rounds = 30;
        for (var i = 0; i < Rounds; i++) run();
        var seconds = clock.Seconds / Rounds;
        Print($"{what}: {RecordCount / seconds:0} records/s, {bytes / seconds / 1e6:0} MB/s");
    }

    private static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private readonly struct CpuClock
    {
        private readonly TimeSpan _start;

        private CpuClock(TimeSpan start) => _start = start;

        // Processor time and not the wall's, so that the figure does not depend on what else runs. No test runs beside.
        public double Seconds => OperatingSystem.IsLinux() ? (Environment.CpuUsage.TotalTime - _start).TotalSeconds : 1;

        public static CpuClock StartNew() => new(OperatingSystem.IsLinux() ? Environment.CpuUsage.TotalTime : default);
    }
}
