using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Culvert.Records;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Inputs.Syslog;

public sealed class SyslogInputTests
{
    [Theory]
    [InlineData("syslog+unix://FOLDER/log", "-d -u SOCKET")]
    [InlineData("syslog+unix://FOLDER/log?mode=stream", "--socket-errors=on -u SOCKET")]
    [InlineData("syslog+udp://127.0.0.1:0", "-d -n 127.0.0.1 -P PORT --rfc3164")]
    [InlineData("syslog+udp://127.0.0.1:0", "-d -n 127.0.0.1 -P PORT --rfc5424")]
    [InlineData("syslog+tcp://127.0.0.1:0", "-T -n 127.0.0.1 -P PORT --rfc3164")]
    [InlineData("syslog+tcp://127.0.0.1:0", "-T -n 127.0.0.1 -P PORT --rfc5424")]
    [InlineData("syslog+tcp://127.0.0.1:0", "-T -n 127.0.0.1 -P PORT --rfc5424 --octet-count")]
    public async Task Logger_ByEveryWay_ArrivesWhole(string endpoint, string options)
    {
        if (!File.Exists("/usr/bin/logger"))
            Assert.Skip("logger (util-linux, Debian package bsdutils) is not installed.");
        await using var input = await InputUnderTest.SyslogAsync(endpoint);
        var address = input.Endpoint.Split('?')[0];
        options = options.Replace("SOCKET", new Uri(address).AbsolutePath, StringComparison.Ordinal)
            .Replace("PORT", address.Split(':')[^1], StringComparison.Ordinal);
        using var logger = Process.Start("/usr/bin/logger", options + " -p daemon.err -t shop --id=4711 \"it failed\"");
        await logger.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(0, logger.ExitCode);
        await input.Intake.WaitForAsync(1);

        var record = Assert.Single(input.Intake.Records);
        Assert.Equal("it failed", record.Body);
        Assert.Equal(Severity.Error, record.Severity);
        Assert.Equal("shop", record.Resource["service.name"]);
        Assert.Equal(4711L, record.Resource["process.pid"]);
        Assert.Equal("daemon", record.Attributes["syslog.facility"]);
        var ageNs = UnixTime.NowNs(TimeProvider.System) - record.TimeNs;
        Assert.InRange(ageNs, -60_000_000_000, 60_000_000_000);
        if (endpoint.StartsWith("syslog+unix", StringComparison.Ordinal)) Assert.NotNull(record.Origin["peer.uid"]);
        else Assert.Equal("127.0.0.1", record.Origin["peer.address"]);
    }

    [Fact]
    public async Task Datagrams_ManyOfThem_AllArriveInOrderWithTheSenderAsTheKernelSays()
    {
        await using var input = await InputUnderTest.SyslogAsync("syslog+unix://FOLDER/log");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(new Uri(input.Endpoint).AbsolutePath), TestContext.Current.CancellationToken);
        const int count = 20_000;
        for (var i = 0; i < count; i++) socket.Send(Encoding.UTF8.GetBytes($"<13>app: {i}"));
        await input.Intake.WaitForAsync(count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), input.Intake.Bodies);
        Assert.All(input.Intake.Records, r => Assert.Equal((long)Environment.ProcessId, r.Origin["peer.pid"]));
    }

    [Fact]
    public async Task Udp_FasterThanItIsTaken_CountsWhatTheKernelDropped()
    {
        await using var input = await InputUnderTest.SyslogAsync("syslog+udp://127.0.0.1:0");
        var gate = input.Intake.Hold();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(
            IPEndPoint.Parse(input.Endpoint["syslog+udp://".Length..]), TestContext.Current.CancellationToken);
        var message = Encoding.UTF8.GetBytes("<13>app: " + new string('x', 8_000));
        const int count = 20_000;
        for (var i = 0; i < count; i++) socket.Send(message);
        gate.SetResult();
        await input.StopAsync();
        var dropped = input.Counts.Dropped[DropReason.Overload];
        Assert.True(dropped > 0, "160 MB went through buffers of 20.");
        Assert.Equal(count, input.Intake.Records.Count + dropped);
    }

    [Fact]
    public async Task Datagrams_OfEveryBadKind_AreKeptAndCounted()
    {
        await using var input = await InputUnderTest.SyslogAsync("syslog+udp://127.0.0.1:0");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(
            IPEndPoint.Parse(input.Endpoint["syslog+udp://".Length..]), TestContext.Current.CancellationToken);
        socket.Send("no priority"u8);
        socket.Send([(byte)'<', (byte)'9', (byte)'>', 0xFF, 0xC0]);
        socket.Send(ReadOnlySpan<byte>.Empty);
        socket.Send("<13>1 2099-01-01T00:00:00Z h a - - - in 2099"u8);
        socket.Send("<13>good"u8);
        await input.Intake.WaitForAsync(4);
        await input.StopAsync();
        Assert.Equal(["no priority", "\uFFFD\uFFFD", "in 2099", "good"], input.Intake.Bodies);
        Assert.Equal(1, input.Counts.Mended[MendReason.BrokenSyslog]);
        Assert.Equal(1, input.Counts.Mended[MendReason.InvalidText]);
    }

    [Fact]
    public async Task Stream_WithEveryFraming_IsCutRight()
    {
        await using var input = await InputUnderTest.SyslogAsync("syslog+tcp://127.0.0.1:0");
        await using (var client = await Ipc.ConnectAsync(
            input.Endpoint["syslog+".Length..], cancellationToken: TestContext.Current.CancellationToken))
        {
            await client.Output.WriteAsync(
                "<13>a: lf\n15 <13>b: two\nline<13>c: nul\0<13>d: end"u8.ToArray(),
                TestContext.Current.CancellationToken);
            await client.Output.CompleteAsync();
            await input.Intake.WaitForAsync(4);
        }

        Assert.Equal(["lf", "two\nline", "nul", "end"], input.Intake.Bodies);
    }

    [Fact]
    public async Task Tls_WithCountedMessages_TakesThemAndSaysWhoSent()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority(folder.Path);
        var endpoint = authority.Endpoint("0.0.0.0:0", "router-1");
        await using var input = await InputUnderTest.SyslogAsync($"syslog+{endpoint}");
        var dialling = input.Endpoint["syslog+".Length..].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        await using (var client = await Ipc.ConnectAsync(
            dialling, cancellationToken: TestContext.Current.CancellationToken))
        {
            await client.Output.WriteAsync(
                "15 <13>b: two\nline10 <13>c: end"u8.ToArray(), TestContext.Current.CancellationToken);
            await client.Output.CompleteAsync();
            await input.Intake.WaitForAsync(2);
        }

        Assert.Equal(["two\nline", "end"], input.Intake.Bodies);
        Assert.All(input.Intake.Records, record => Assert.Equal("CN=router-1", record.Origin["peer.subject"]));
    }

    [Theory]
    [InlineData("syslog+udp://0.0.0.0:0")]
    [InlineData("syslog+tcp://0.0.0.0:0")]
    public async Task Start_BeyondLoopback_IsRefusedWithASentence(string endpoint)
    {
        var exception = await Assert.ThrowsAsync<ConnectionException>(() => InputUnderTest.SyslogAsync(endpoint));
        Assert.Equal(ConnectionError.NotAllowed, exception.Error);
        Assert.Contains("insecure: true", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhereAFileIsInTheWay_LeavesItAlone()
    {
        var path = Path.GetTempFileName();
        try
        {
            var exception = await Assert.ThrowsAsync<ConnectionException>(
                () => InputUnderTest.SyslogAsync($"syslog+unix://{path}"));
            Assert.Equal(ConnectionError.AddressInUse, exception.Error);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
