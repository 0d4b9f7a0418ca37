using Culvert.Records;

namespace Culvert.Collector.Tests.Shipping;

/// <summary><c>culvert send</c> as its own process against the real input.</summary>
public sealed class SendCommandTests
{
    [Fact]
    public async Task Send_PlainLinesOnStandardInput_AreAllAcknowledged()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint, "--service", "pipe");
        for (var i = 0; i < 20_000; i++) await run.Input.WriteLineAsync($"line {i}");
        var (code, output, error) = await run.EndAsync();

        Assert.True(code == 0, error);
        Assert.Empty(output);
        Assert.StartsWith("culvert send: 20,000 records acknowledged by", error);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"line {i}"), collector.Intake.Bodies);
        Assert.Equal("pipe", collector.Intake.Records[0].Resource["service.name"]);
        Assert.NotEqual(0, collector.Intake.Records[0].TimeNs);
    }

    [Fact]
    public async Task Send_StreamThatStaysOpen_IsSentPromptly()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint);

        await run.Input.WriteLineAsync("ERROR alone");
        await run.Input.FlushAsync(TestContext.Current.CancellationToken);

        await ShippingTests.UntilAsync(() => collector.Intake.Records.Count == 1);
        Assert.Equal(Severity.Error, collector.Intake.Records[0].Severity);
        Assert.Equal(0, (await run.EndAsync()).Code);
    }

    [Fact]
    public async Task Send_JournalEntries_KeepTheirFields()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint);
        await run.Input.WriteLineAsync(
            """
            {"__REALTIME_TIMESTAMP":"1700000000000000","MESSAGE":"Started it","PRIORITY":"4","_PID":"12",
            "_SYSTEMD_UNIT":"it.service","SYSLOG_IDENTIFIER":"it","_HOSTNAME":"box"}
            """.ReplaceLineEndings(""));
        await run.Input.WriteLineAsync(
            """
            {"__REALTIME_TIMESTAMP":"1700000000000001","MESSAGE":"Other","PRIORITY":"6","SYSLOG_IDENTIFIER":"other"}
            """.ReplaceLineEndings(""));
        Assert.Equal(0, (await run.EndAsync()).Code);

        var records = collector.Intake.Records;
        Assert.Equal(["Started it", "Other"], records.Select(record => record.Body));
        Assert.Equal(Severity.Warn, records[0].Severity);
        Assert.Equal(1_700_000_000_000_000_000, records[0].TimeNs);
        Assert.Equal("it", records[0].Resource["service.name"]);
        Assert.Equal("box", records[0].Resource["host.name"]);
        Assert.Equal("it.service", records[0].Attributes["_SYSTEMD_UNIT"]);
        Assert.Equal("other", records[1].Resource["service.name"]);
    }

    [Fact]
    public async Task Send_Files_JoinsStackTracesAndNamesTheService()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        var file = Path.Combine(Path.GetDirectoryName(collector.SocketPath)!, "app.log");
        await File.WriteAllTextAsync(
            file, "ERROR it failed\nSystem.IO.IOException: no\n   at A.B()\n   at C.D()\nINFO next",
            TestContext.Current.CancellationToken);

        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint, file);
        Assert.Equal(0, (await run.EndAsync()).Code);

        Assert.Equal("app", collector.Intake.Records[0].Resource["service.name"]);
        Assert.Equal(file, collector.Intake.Records[0].Resource["log.file.path"]);
        Assert.Contains(collector.Intake.Bodies, body => body.Contains("at C.D()", StringComparison.Ordinal)
            && body.Contains('\n'));
        Assert.EndsWith("next", collector.Intake.Bodies[^1]);
    }

    [Fact]
    public async Task Send_CollectorComesLate_WaitsAndSaysSo()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        await collector.DownAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint);
        await run.Input.WriteLineAsync("patient");
        run.Input.Close();
        await run.WaitForErrorAsync("waiting for one.");
        Assert.False(run.Process.HasExited);

        await collector.UpAsync();
        var (code, _, error) = await run.EndAsync();

        Assert.True(code == 0, error);
        Assert.Contains($"culvert send: No collector at {collector.Endpoint}; waiting for one.", error);
        Assert.Equal(["patient"], collector.Intake.Bodies);
    }

    [Fact]
    public async Task Send_TimeoutWithoutCollector_GivesUpAndSaysHowManyWereNotDelivered()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        await collector.DownAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint, "--timeout", "1500ms");
        for (var i = 0; i < 3; i++) await run.Input.WriteLineAsync($"line {i}");
        // Its input stays open: what it waits for is the collector.
        await run.Input.FlushAsync(TestContext.Current.CancellationToken);
        await run.WaitForErrorAsync("3 records were read and not acknowledged");
        var (code, _, error) = await run.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains($"No collector at {collector.Endpoint}; waiting for one.", error, StringComparison.Ordinal);
        Assert.Contains("Start one with culvert up; it gives up after 1500ms.", error, StringComparison.Ordinal);
        Assert.Contains("so it gives up", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TimeoutWithCollector_LetsAQuietInputBeQuiet()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint, "--timeout", "300ms");
        await run.Input.WriteLineAsync("early");
        await run.Input.FlushAsync(TestContext.Current.CancellationToken);
        await ShippingTests.UntilAsync(() => collector.Intake.Records.Count == 1);
        using var quiet = new PeriodicTimer(TimeSpan.FromMilliseconds(900));
        await quiet.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        await run.Input.WriteLineAsync("late");
        var (code, _, error) = await run.EndAsync();

        Assert.True(code == 0, error);
        Assert.Equal(["early", "late"], collector.Intake.Bodies);
    }

    [Fact]
    public async Task Send_InterruptedWithoutCollector_SaysWhatWasNotDelivered()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        await collector.DownAsync();
        using var run = CommandRun.Culvert("send", "--to", collector.Endpoint);
        for (var i = 0; i < 3; i++) await run.Input.WriteLineAsync($"line {i}");
        run.Input.Close();
        // It says so a second after it began to read, and long after it began to listen for an interrupt.
        await run.WaitForErrorAsync("waiting for one.");

        using var interrupt = CommandRun.Start("kill", "-INT", $"{run.Process.Id}");
        var (code, _, error) = await run.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("3 records were read and not acknowledged", error);
    }

    [Theory]
    [InlineData("There is no file", "/nowhere/at-all.log")]
    [InlineData("which is no time span", "--timeout", "soon")]
    [InlineData("No transport is called 'pigeon'", "--to", "pigeon://loft")]
    public async Task Send_WrongUse_SaysWhatAndExitsWithTwo(string said, params string[] arguments)
    {
        using var run = CommandRun.Culvert(["send", .. arguments]);
        var (code, _, error) = await run.EndAsync();

        Assert.Equal(2, code);
        Assert.Contains(said, error);
    }
}
