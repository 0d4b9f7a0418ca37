using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Outputs.Relay;
using Culvert.Logging;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Tests.Shipping;

/// <summary>The client of the native protocol against the real input.</summary>
public sealed class ShippingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public async Task PythonClient_WrittenFromTheDocument_DeliversEachRecordOnce(int? cut)
    {
        if (CommandRun.FindProgram("python3") is not { } python)
            { Assert.Skip("There is no python3 on this machine."); return; }
        await using var collector = await CollectorUnderTest.StartAsync();
        string[] arguments =
            [CommandRun.InRepository("tests/clients/protocol_client.py"), collector.SocketPath, "1000"];
        if (cut is not null) arguments = [.. arguments, $"{cut}"];

        using var run = CommandRun.Start(python, arguments);
        var (code, output, error) = await run.EndAsync();

        Assert.True(code == 0, error);
        Assert.Equal($"acknowledged=1000 connects={(cut is null ? 1 : 2)} closed=True\n", output);
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => $"record {i}"), collector.Intake.Bodies);
        Assert.Equal((long)1_000, collector.Intake.Records[^1].Attributes["number"]);
        Assert.Equal("protocol-client", collector.Intake.Records[0].Resource["service.name"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(20)]
    [InlineData(40_000)]
    public async Task PythonRelay_WrittenFromTheDocument_DeliversEachRecordOnce(int? cut)
    {
        if (CommandRun.FindProgram("python3") is not { } python)
            { Assert.Skip("There is no python3 on this machine."); return; }
        await using var central = RelayStation.Start();
        await central.ListenAsync();
        string[] arguments = [CommandRun.InRepository("tests/clients/relay_client.py"), central.Endpoint[7..], "1000"];
        if (cut is not null) arguments = [.. arguments, $"{cut}"];
        using var run = CommandRun.Start(python, arguments);
        var (code, output, error) = await run.EndAsync();

        Assert.True(code == 0, error);
        Assert.Equal($"acknowledged=40 connects={(cut is null ? 1 : 2)} closed=True\n", output);
        var ledger = central.Spool.Ledger.Snapshot();
        Assert.Equal((2_000, true), (ledger.Total.Spooled, ledger.Balanced));
        Assert.Equal(
            [(1_000UL, 0UL, 0UL), (1_000UL, 0UL, 3UL)],
            ledger.Producers.Select(p => (p.Received, p.Lost, p.Outstanding)).Order());
        Assert.EndsWith(
            "relay.name=python relayed.input=far relayed.peer.user=alice", Assert.Single(central.Origins()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logger_CollectorGoesAndComesBack_DeliversEachRecordOnce()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        var options =
            new CulvertLoggerOptions { Endpoint = collector.Endpoint, Service = "shop", ShutdownTimeout = Patience };
        const int Rounds = 4;
        const int Each = 10_000;
        await using (var provider = new CulvertLoggerProvider(options))
        {
            using var loggers = new LoggerFactory([provider]);
            var logger = loggers.CreateLogger("Shop");
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < Each; i++) logger.LogInformation("Round {Round}, order {Id}", round, i);
                await collector.DownAsync();
                for (var i = 0; i < Each; i++) logger.LogInformation("Round {Round}, order {Id}", round, Each + i);
                await collector.UpAsync();
            }

            Assert.True(await provider.FlushAsync(Patience, TestContext.Current.CancellationToken));
            Assert.Equal((ulong)(2 * Rounds * Each), provider.Statistics.Acknowledged);
        }

        var expected = Enumerable.Range(0, Rounds).SelectMany(
            round => Enumerable.Range(0, 2 * Each).Select(i => $"Round {round}, order {i}"));
        Assert.Equal(expected, collector.Intake.Bodies);
    }

    [Fact]
    public async Task Shipper_DiskOfTheCollectorFull_KeepsAllUntilThereIsRoom()
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        collector.Intake.Answer = IntakeStatus.Full;
        await using var shipper = LogShipper.Start(new LogShipperOptions { Endpoint = collector.Endpoint });
        for (var i = 0; i < 1_000; i++) shipper.Write(Severity.Info, $"{i}");
        Assert.False(await shipper.FlushAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        Assert.Equal(0UL, shipper.Statistics.Acknowledged);

        collector.Intake.Answer = IntakeStatus.Durable;

        Assert.True(await shipper.FlushAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), collector.Intake.Bodies);
    }

    [Fact]
    public async Task Samples_WithoutALibrary_AreRead()
    {
        if (CommandRun.FindProgram("python3") is not { } python)
            { Assert.Skip("There is no python3 on this machine."); return; }
        await using var collector = await CollectorUnderTest.StartAsync();

        using var sensors = CommandRun.Start(
            python, CommandRun.InRepository("samples/shell-logger/sensors.py"), collector.SocketPath, "1");
        using var backup = CommandRun.Start(
            CommandRun.InRepository("samples/shell-logger/backup.sh"), collector.SocketPath);
        var (code, _, error) = await sensors.EndAsync();
        Assert.True(code == 0, error);
        (code, _, error) = await backup.EndAsync();
        Assert.True(code == 0, error);

        await UntilAsync(() => collector.Intake.Bodies.Any(body => body.Contains("done", StringComparison.Ordinal)));
        var measured = collector.Intake.Records.First(record => record.Attributes.ContainsKey("degrees"));
        Assert.Equal("sensors", measured.Resource["service.name"]);
        Assert.Contains(collector.Intake.Records, record => record.Severity == Severity.Error && record.Body.Contains(
            "tape", StringComparison.Ordinal));
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, "Waited in vain.");
            await Task.Yield();
        }
    }
}
