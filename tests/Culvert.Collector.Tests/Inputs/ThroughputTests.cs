using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>Measures what an input takes from one sender on the same machine, with an intake that only validates. The marks
/// are far below what was measured, so that a busy machine passes and a slow input does not.</summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private static readonly int Count = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1" ? 3_000_000 : 200_000;

    [Fact]
    public Task Native_RecordsOf200Bytes_PassTheMark() => MeasureAsync("native records", 50_000, async folder =>
    {
        await using var client = new NativeClient(await Ipc.ConnectAsync($"unix://{folder}/in.sock"));
        await client.OpenAsync();
        var batch = NativeClient.Batch([.. Enumerable.Repeat(new string('x', 180), 300)]);
        var reading = client.ReadAcksAsync(((ulong)Count + 299) / 300 * 300);
        for (ulong sequence = 1; sequence <= (ulong)Count; sequence += 300) await client.SendBatchAsync(sequence, batch);
        await reading;
    });

    [Fact]
    public Task Lines_Of200Bytes_PassTheMark() => MeasureAsync("plain lines", 20_000, folder =>
        SendLinesAsync(folder, "2026-11-22T10:00:00.123Z INFO worker " + new string('x', 162) + "\n"));

    [Fact]
    public Task JsonLines_Of200Bytes_PassTheMark() => MeasureAsync("JSON lines", 20_000, folder => SendLinesAsync(
        folder, $$"""{"time":"2026-11-22T10:00:00.123Z","level":"info","msg":"{{new string('x', 100)}}","user":"ann","ms":17,"ok":true}""" + "\n"));

    [Fact]
    public Task Syslog_UnixDatagrams_PassTheMark() => MeasureAsync("syslog datagrams", 20_000, folder =>
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint($"{folder}/log.sock"));
        var message = Encoding.UTF8.GetBytes("<13>Nov 22 10:00:00 app[123]: " + new string('x', 150));
        for (var i = 0; i < Count; i++) socket.Send(message);
        return Task.CompletedTask;
    });

    private static async Task SendLinesAsync(string folder, string line)
    {
        await using var client = await Ipc.ConnectAsync($"unix://{folder}/in.sock");
        var chunk = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 100)));
        for (var i = 0; i < Count; i += 100) await client.Output.WriteAsync(chunk);
        await client.Output.CompleteAsync();
    }

    private async Task MeasureAsync(string what, double mark, Func<string, Task> sendAsync)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-inputs-").FullName;
        var intake = new CountingIntake(Count);
        var context = new InputContext("in", intake, new Ledger(), TimeProvider.System, NullLoggerFactory.Instance);
        await using var listener = new ListenerInput(
            context, new ListenerInputOptions { Endpoint = $"unix://{folder}/in.sock" });
        await using var syslog = new SyslogInput(
            context, new SyslogInputOptions { Endpoint = $"syslog+unix://{folder}/log.sock" });
        await listener.StartAsync(TestContext.Current.CancellationToken);
        await syslog.StartAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        await Task.Run(() => sendAsync(folder), TestContext.Current.CancellationToken);
        await intake.Reached;
        var perSecond = Count / watch.Elapsed.TotalSeconds;
        output.WriteLine($"{what}: {perSecond:N0}/s");
        Assert.True(perSecond > mark, $"{what}: {perSecond:N0}/s is under the mark of {mark:N0}/s.");
        await listener.DisposeAsync();
        await syslog.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
