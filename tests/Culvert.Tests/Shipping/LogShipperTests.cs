using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Shipping;

public sealed class LogShipperTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Write_AFewRecords_ArriveInOrderWithTheirResource()
    {
        var collector = new FakeCollector();
        await using var shipper = LogShipper.Start(Options(collector, resource: [new("service.name", "orders")]));

        for (var i = 0; i < 10; i++) Assert.True(shipper.Write(Severity.Info, $"record {i}", [new("i", i)]));
        Assert.True(await FlushAsync(shipper));

        var records = collector.Records;
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"record {i}"), records.Select(record => record.Body));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), records.Select(record => record.Sequence));
        Assert.All(records, record => Assert.Equal("orders", record.Resource["service.name"]));
        Assert.Equal(7L, records[7].Attributes["i"]);
    }

    [Fact]
    public async Task Write_WithoutFlush_IsSentByItself()
    {
        var collector = new FakeCollector();
        await using var shipper = LogShipper.Start(Options(collector));

        shipper.Write(Severity.Info, "alone");

        await UntilAsync(() => collector.Records.Count == 1);
    }

    [Fact]
    public async Task Dispose_WithRecordsWaiting_DeliversThemAndSaysGoodbye()
    {
        var collector = new FakeCollector();
        var shipper = LogShipper.Start(Options(collector));
        for (var i = 0; i < 5_000; i++)
            shipper.Write(Severity.Debug, "a record of some length, so that there are several batches");

        await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(5_000, collector.Records.Count);
        Assert.True(collector.Goodbye.IsCompletedSuccessfully);
        Assert.Equal(5_000UL, collector.Produced);
        Assert.Equal(5_000UL, shipper.Statistics.Acknowledged);
        Assert.Equal(0UL, shipper.Statistics.Undelivered);
    }

    [Fact]
    public async Task Dispose_NobodyAcknowledges_GivesUpInTimeAndCountsWhatIsLeft()
    {
        var collector = new FakeCollector { Acknowledges = false };
        LogShipperStatistics? told = null;
        var options = Options(collector);
        options.ShutdownTimeout = TimeSpan.FromMilliseconds(200);
        options.OnUndelivered = statistics => told = statistics;
        var shipper = LogShipper.Start(options);
        for (var i = 0; i < 7; i++) shipper.Write(Severity.Info, "lost");

        await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(7UL, told?.Undelivered);
        Assert.Equal(7UL, shipper.Statistics.Undelivered);
        Assert.False(shipper.Write(Severity.Info, "after the end"));
        Assert.Equal(1UL, shipper.Statistics.Dropped);
    }

    [Fact]
    public async Task Write_CollectorComesLater_DeliversAllOnce()
    {
        var collector = new FakeCollector { IsDown = true };
        await using var shipper = LogShipper.Start(Options(collector));
        for (var i = 0; i < 1_000; i++) shipper.Write(Severity.Info, $"{i}");
        await UntilAsync(() => shipper.Statistics.Problem is not null);
        Assert.Equal("Nobody listens at mem://test.", shipper.Statistics.Problem);

        collector.IsDown = false;

        Assert.True(await FlushAsync(shipper));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), collector.Records.Select(record => record.Body));
        Assert.Null(shipper.Statistics.Problem);
    }

    [Fact]
    public async Task Write_ConnectionCutAgainAndAgainAtAnyByte_LosesAndDoublesNothing()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var rounds = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") is null ? 60 : 2_000;
        for (var round = 0; round < rounds; round++)
        {
            // The first bytes are the preface, headers and Hello or Welcome: each of them is cut at some time. The rest
            // falls within batches, acknowledgements and the goodbye.
            var collector = new FakeCollector();
            collector.NextLink = count => count >= 12
                ? new CuttableLink()
                : random.Next(2) == 0
                    ? new CuttableLink(cutToServer: random.Next(3) == 0 ? random.Next(1, 50) : random.Next(50, 300_000))
                    : new CuttableLink(cutToClient: random.Next(1, 200));
            var options = Options(collector);
            options.ShutdownTimeout = Patience;
            options.Linger = TimeSpan.FromMilliseconds(random.Next(3));
            var shipper = LogShipper.Start(options);
            const int Count = 4_000;
            for (var i = 0; i < Count; i++)
            {
                shipper.Write(Severity.Info, $"{i} with a text so that a batch is soon full of these records");
                if (i % 500 == 499) await Task.Yield();
            }

            await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

            var sequences = collector.Records.Select(record => (int)record.Sequence).ToArray();
            Assert.True(Enumerable.Range(1, Count).SequenceEqual(sequences),
                $"seed {seed}, round {round}: {sequences.Length} records");
            Assert.Equal((ulong)Count, shipper.Statistics.Acknowledged);
        }
    }

    [Fact]
    public async Task Write_FromManyThreadsWhileTheConnectionBreaks_CountsExactly()
    {
        var collector = new FakeCollector();
        var options = Options(collector);
        options.BufferBytes = 64 * 1024 * 1024;
        options.ShutdownTimeout = Patience;
        var shipper = LogShipper.Start(options);
        const int Threads = 4;
        const int Each = 25_000;

        var writers = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                shipper.Write(Severity.Info, "stress", [new("thread", thread), new("i", i)]);
                if (thread == 0 && i % 5_000 == 0) collector.BreakAll();
            }
        })).ToArray();
        await Task.WhenAll(writers).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        var records = collector.Records;
        Assert.Equal(Threads * Each, records.Count);
        foreach (var group in records.GroupBy(record => record.Attributes["thread"]))
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(i => (long)i), group.Select(
                record => (long)record.Attributes["i"]!));
        }
    }

    [Fact]
    public async Task Answer_HostileBytes_AreAProblemAndTheProgramGoesOn()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            // Half of them are frames with a wrong content, since random lengths are refused at once.
            if (round % 2 == 0 && bytes.Length >= 8)
            {
                bytes[0] = (byte)(bytes.Length - 8);
                bytes[1] = bytes[2] = bytes[3] = bytes[6] = bytes[7] = 0;
                bytes[4] = (byte)random.Next(0, 10);
            }

            var collector = new FakeCollector { Answer = bytes };
            var options = Options(collector);
            options.ShutdownTimeout = TimeSpan.FromMilliseconds(20);
            var undelivered = 0UL;
            options.OnUndelivered = statistics => undelivered = statistics.Undelivered;
            var shipper = LogShipper.Start(options);
            shipper.Write(Severity.Info, "kept");
            // A part of a frame is awaited; the fake closes no connection, so the test does.
            await UntilAsync(
                () => Broken(collector) && shipper.Statistics.Problem is not null, $"seed {seed}, round {round}");
            await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.True(undelivered == 1, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("welcome beyond what was sent")]
    [InlineData("acknowledgement beyond what was sent")]
    [InlineData("refusal")]
    public async Task Answer_WrongPromises_AreNotBelieved(string kind)
    {
        var answer = new System.Buffers.ArrayBufferWriter<byte>();
        if (kind == "refusal")
        {
            Framing.FrameWriter.Write(answer, (byte)LogFrameType.Error, "This user may not send here."u8);
        }
        else
        {
            LogFrames.WriteWelcome(
                answer, kind.StartsWith("welcome", StringComparison.Ordinal) ? 99UL : 0, 2 * 1024 * 1024);
            LogFrames.WriteAck(answer, 99);
        }

        var collector = new FakeCollector { Answer = answer.WrittenSpan.ToArray() };
        await using var shipper = LogShipper.Start(Options(collector));
        shipper.Write(Severity.Info, "kept");
        await UntilAsync(() => shipper.Statistics.Problem is not null);
        if (kind == "refusal") Assert.Contains("This user may not send here.", shipper.Statistics.Problem);
        Assert.Equal(0UL, shipper.Statistics.Acknowledged);

        collector.Answer = null;
        collector.BreakAll();

        Assert.True(await FlushAsync(shipper));
        Assert.Single(collector.Records);
    }

    [Theory]
    [InlineData("", 1024 * 1024)]
    [InlineData("nonsense", 1024 * 1024)]
    [InlineData("pigeon://loft", 1024 * 1024)]
    [InlineData("mem://x", 1)]
    public void Start_WrongOption_SaysWhich(string endpoint, int bufferBytes)
    {
        var options = new LogShipperOptions { Endpoint = endpoint, BufferBytes = bufferBytes };

        Assert.NotEmpty(Assert.Throws<ArgumentException>(() => LogShipper.Start(options)).Message);
    }

    private static bool Broken(FakeCollector collector)
    {
        collector.BreakAll();
        return true;
    }

    internal static LogShipperOptions Options(FakeCollector collector,
        KeyValuePair<string, object?>[]? resource = null) => new()
    {
        Connect = collector.ConnectAsync,
        Resource = resource ?? [],
        OnUndelivered = _ => { },
    };

    internal static Task<bool> FlushAsync(LogShipper shipper) =>
        shipper.FlushAsync(Patience, TestContext.Current.CancellationToken);

    internal static async Task UntilAsync(Func<bool> condition, string what = "the condition")
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Waited in vain for {what}.");
            await Task.Yield();
        }
    }
}
