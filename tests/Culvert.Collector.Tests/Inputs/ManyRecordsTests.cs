using System.Net.Sockets;
using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs.Connections;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>What one sender pours into an input as fast as it can: all of it is taken, and counted once. How fast is
/// for <c>culvert bench collect</c> to say.</summary>
public sealed class ManyRecordsTests(ITestOutputHelper output)
{
    private static readonly int Count =
        Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1" ? 3_000_000 : 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Native_ManyRecords_AllAreTaken() => PourAsync("native records", async folder =>
    {
        const int PerBatch = 300;
        await using var client = new NativeClient(await Ipc.ConnectAsync($"unix://{folder}/in.sock"));
        await client.OpenAsync();
        var batch = NativeClient.Batch([.. Enumerable.Repeat(new string('x', 180), PerBatch)]);
        var reading = client.ReadAcksAsync((ulong)Count);
        for (ulong sequence = 1; sequence <= (ulong)Count; sequence += PerBatch)
            await client.SendBatchAsync(sequence, batch);
        await reading;
    });

    [Fact]
    public Task Lines_Many_AllAreTaken() => PourAsync("plain lines", folder =>
        SendLinesAsync(folder, "2026-11-22T10:00:00.123Z INFO worker " + new string('x', 162) + "\n"));

    [Fact]
    public Task JsonLines_Many_AllAreTaken() => PourAsync("JSON lines", folder =>
        SendLinesAsync(
            folder,
            """{"time":"2026-11-22T10:00:00.123Z","level":"info","user":"ann","ms":17,"ok":true,"msg":"it is """
            + new string('x', 100) + "\"}\n"));

    [Fact]
    public Task Syslog_ManyUnixDatagrams_AllAreTaken() => PourAsync("syslog datagrams", folder =>
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

    private async Task PourAsync(string what, Func<string, Task> sendAsync)
    {
        using var folder = new TempFolder();
        var intake = new CountingIntake(Count);
        var ledger = new Ledger();
        var context = new InputContext("in", intake, ledger, TimeProvider.System, NullLoggerFactory.Instance);
        await using var listener = new ListenerInput(
            context, new ListenerInputOptions { Endpoint = $"unix://{folder.Path}/in.sock" });
        await using var syslog = new SyslogInput(
            context, new SyslogInputOptions { Endpoint = $"syslog+unix://{folder.Path}/log.sock" });
        await listener.StartAsync(Token);
        await syslog.StartAsync(Token);
        await Task.Run(() => sendAsync(folder.Path), Token).WaitAsync(TimeSpan.FromSeconds(120), Token);
        await intake.Reached;
        await listener.StopAsync(Token);
        await syslog.StopAsync(Token);

        output.WriteLine($"{what}: {intake.Count:N0}");
        Assert.Equal(Count, intake.Count);
        Assert.Equal(0, ledger.Snapshot().Total.DroppedTotal);
        Assert.DoesNotContain(ledger.Snapshot().Total.Mended, mended => mended.Value > 0);
    }
}
