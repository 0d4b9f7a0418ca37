using Culvert.Cli.Processes;
using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>What the commands say of a folder whose collector is gone, and how it goes.</summary>
public sealed class StoppedCollectorTests
{
    [Fact]
    public async Task Search_CollectorKilled_ReadsTheFolderWithWhatIsInNoBlockYet()
    {
        await using var collector = new RunningCollector();
        await collector.StartAsync();
        var word = StartedCollector.Word();
        using (var send = CommandRun.Culvert("send", "--to", collector.Endpoint, "--service", "late"))
        {
            await send.Input.WriteAsync($"{word} one\n{word} two\n");
            Assert.Equal(0, (await send.EndAsync()).Code);
        }

        // It was acknowledged a moment ago, so the spool has it and hardly any block.
        await collector.KillAsync();

        var (code, output) = await RunningCollector.RunToolAsync("search", word, "--count", "--data",
            collector.DataFolder);
        Assert.Equal((0, "2"), (code, output));
        var stats = await RunningCollector.RunToolAsync("stats", "--data", collector.DataFolder);
        Assert.Equal(0, stats.ExitCode);
        var tail = await RunningCollector.RunToolAsync("tail", "--data", collector.DataFolder);
        Assert.Equal(1, tail.ExitCode);
        Assert.Contains("No collector works on", tail.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_JournalEntrySentByAnother_FindsTheProcessThatTheJournalNames()
    {
        await using var collector = new RunningCollector();
        await collector.StartAsync();
        var word = StartedCollector.Word();
        using (var send = CommandRun.Culvert("send", "--to", collector.Endpoint))
        {
            await send.Input.WriteLineAsync(
                "{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1700000000000000\",\"MESSAGE\":\"" + word + "\","
                + "\"PRIORITY\":\"4\",\"_PID\":\"4000001\",\"_UID\":\"4000002\",\"_EXE\":\"/usr/bin/itd\","
                + "\"_BOOT_ID\":\"b\",\"_SYSTEMD_UNIT\":\"it.service\",\"SYSLOG_IDENTIFIER\":\"it\",\"ORDER\":\"7\"}");
            Assert.Equal(0, (await send.EndAsync()).Code);
        }

        string[] page = ["--http", collector.Page.ToString()];
        var (code, text) = await RunningCollector.RunToolAsync(
            ["search", word, "pid:4000001", "exe:/usr/bin/itd", "user:4000002", .. page]);
        Assert.Equal(0, code);
        Assert.EndsWith($"it: {word} _SYSTEMD_UNIT=it.service ORDER=7 pid=4000001 user=4000002", text.Trim(),
            StringComparison.Ordinal);

        // The kernel's word on who handed it on stands beside, and nothing of the entry is gone.
        var (_, json) = await RunningCollector.RunToolAsync(["search", word, "--json", .. page]);
        using var record = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(4000001, record.RootElement.GetProperty("pid").GetInt64());
        Assert.NotEqual(4000001, record.RootElement.GetProperty("origin").GetProperty("peer.pid").GetInt64());
        Assert.Equal("b", record.RootElement.GetProperty("attributes").GetProperty("_BOOT_ID").GetString());
        var (peer, _) = await RunningCollector.RunToolAsync(["search", word, "origin.peer.pid:4000001", .. page]);
        Assert.Equal(1, peer);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Up_Signal_EndsWithZeroAndFreesTheFolder(string signal)
    {
        await using var collector = new RunningCollector();
        await collector.StartAsync();
        using (var kill = CommandRun.Start("/bin/sh", "-c", $"kill -{signal} {collector.Process.Id}"))
            Assert.Equal(0, (await kill.EndAsync()).Code);
        await collector.Process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(0, collector.Process.ExitCode);
        await collector.EndAsync();

        await collector.StartAsync();
        await collector.StopAsync();
    }

    [Fact]
    public async Task Tail_RecordsComeWhileItRuns_PrintsThem()
    {
        await using var collector = new RunningCollector();
        await collector.StartAsync();
        var word = StartedCollector.Word();
        await using var tail = ChildProcess.StartSelf("tail", word, "--json", "--data", collector.DataFolder);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var line = tail.WaitForLineAsync("{", RunningCollector.Timeout);
        // It begins with what comes from now on and does not say when that is, so there is always one more.
        while (!line.IsCompleted)
        {
            using var send = CommandRun.Culvert("send", "--to", collector.Endpoint);
            await send.Input.WriteAsync(word + "\n");
            Assert.Equal(0, (await send.EndAsync()).Code);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains(word, await line, StringComparison.Ordinal);
        Assert.True(await tail.StopAsync(RunningCollector.Timeout));
    }

    [Fact]
    public async Task Demo_ForSomeSeconds_EndsWithALedgerThatAddsUp()
    {
        // The first time it builds its web service, which takes as long as it takes.
        await using var demo = ChildProcess.StartSelf("demo", "--for", "12s");
        await demo.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        var lines = new List<string>();
        await foreach (var line in demo.Lines.ReadAllAsync(TestContext.Current.CancellationToken)) lines.Add(line);
        Assert.True(demo.ExitCode == 0, string.Join('\n', lines) + demo.LastLines);
        Assert.StartsWith("The ledger adds up", lines[^1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("shop ", StringComparison.Ordinal));
    }
}
