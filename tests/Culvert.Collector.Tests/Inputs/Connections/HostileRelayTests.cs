using System.Buffers;
using System.Globalization;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Tests.Outputs.Relay;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.Inputs.Connections;

/// <summary>A relay that does its worst: it is answered with a sentence, and a program on the same input goes
/// on.</summary>
public sealed class HostileRelayTests
{
    private const string Preface = "C1434C4F47010000";
    private const string Hello = Preface + "19000000" + "08000000" + "01" + Id + "0900000000000000";
    private const string Id = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Announced =
        Hello + "1E000000" + "0A000000" + "03000000" + Id + "0100000000000000" + "0100";

    public static TheoryData<string, string> Violations => new()
    {
        { Preface + "18000000" + "08000000" + "01" + Id + "09000000000000", "RelayHello of 24 bytes" },
        { Preface + "19000000" + "08000000" + "00" + Id + "0900000000000000", "RelayHello of 25 bytes" },
        { Preface + "1A000000" + "08000000" + "01" + Id + "0900000000000000" + "FF", "RelayHello of 26 bytes" },
        { Hello + "01000000" + "0B000000" + "01", "RelayBatch of 1 bytes" },
        { Hello + "15000000" + "0B000000" + "03000000" + "0700000000000000" + "0500000000000000" + "01", "slot 3" },
        { Announced + "15000000" + "0B000000" + "03000000" + "0000000000000000" + "0500000000000000" + "01",
            "RelayBatch of 21 bytes" },
        { Hello + "1E000000" + "0A000000" + "00040000" + Id + "0100000000000000" + "0100", "RelayProducer" },
        { Hello + "1E000000" + "0A000000" + "03000000" + Id + "0100000000000000" + "0200", "no list of attributes" },
        { Hello + "1F000000" + "0A000000" + "03000000" + Id + "0100000000000000" + "010000", "no list of attributes" },
        { Hello + "01000000" + "0C000000" + "01", "RelayReport of 1 bytes" },
        { Hello + "00000000" + "03000000", "not for a relay" },
        { Hello + "00000000" + "06000000", "not for a relay" },
        { Hello + "FFFFFF7F" + "0B000000", "over the limit" },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_OfAnyKind_IsAnsweredAndOthersGoOn(string hex, string sentence)
    {
        await using var input = await ListenAsync();
        await using var good = new NativeClient(await input.ConnectAsync());
        await good.OpenAsync();
        await using var bad = new NativeClient(await input.ConnectAsync());
        await bad.SendRawAsync(Convert.FromHexString(hex));
        if (hex.StartsWith(Hello, StringComparison.Ordinal))
            Assert.Equal(LogFrameType.RelayWelcome, (await bad.ReadAsync()).Type);
        Assert.Contains(sentence, await bad.ReadErrorAsync(), StringComparison.Ordinal);
        await good.SendBatchAsync(1, "still here");
        await good.ReadAcksAsync(1);
    }

    [Fact]
    public async Task Origins_BeyondTheLimit_AreRefused()
    {
        await using var input = await ListenAsync();
        await using var bad = new NativeClient(await input.ConnectAsync());
        await bad.SendRawAsync(Convert.FromHexString(Hello));
        Assert.Equal(LogFrameType.RelayWelcome, (await bad.ReadAsync()).Type);
        var origin = AttributeWriter.Encode([new("input", new string('x', RelayLimits.OriginBytesMax - 100))]);
        var sending = Task.Run(async () =>
        {
            for (var slot = 0U; slot < RelayLimits.OriginsBytesMax / RelayLimits.OriginBytesMax + 2; slot++)
            {
                var frame = new ArrayBufferWriter<byte>();
                RelayFrames.WriteProducer(frame, slot, slot, 1, origin);
                await bad.SendRawAsync(frame.WrittenSpan.ToArray());
            }
        }, TestContext.Current.CancellationToken);
        Assert.Contains("origins of relayed producers are over", await bad.ReadErrorAsync(), StringComparison.Ordinal);
        await sending.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
    }

    [Fact]
    public async Task Path_OfMoreCollectorsThanMayBe_IsTakenForACircle()
    {
        await using var input = await ListenAsync();
        await using var bad = new NativeClient(await input.ConnectAsync());
        await bad.SendRawAsync(Convert.FromHexString(Hello));
        Assert.Equal(LogFrameType.RelayWelcome, (await bad.ReadAsync()).Type);
        var path = new List<KeyValuePair<string, object?>>();
        for (var i = 0; i < RelayLimits.HopsMax; i++)
            path.Add(new(string.Concat(Enumerable.Repeat("relayed.", i)) + "relay.collector", $"{i}"));
        var frame = new ArrayBufferWriter<byte>();
        RelayFrames.WriteProducer(frame, 0, 1, 1, AttributeWriter.Encode(path));
        await bad.SendRawAsync(frame.WrittenSpan.ToArray());
        Assert.Contains(
            $"came through {RelayLimits.HopsMax + 1} collectors", await bad.ReadErrorAsync(), StringComparison.Ordinal);
        Assert.Equal(0, input.Counts.Received);
    }

    /// <summary>Frames of every type with random content behind a good handshake: a sentence, or nothing; and whatever
    /// was taken is a whole record.</summary>
    [Fact]
    public async Task Frames_AtRandom_NeverTouchOthers()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        // Over the real intake, which looks into the batches.
        await using var central = RelayStation.Start();
        await central.ListenAsync();
        await using var good = new NativeClient(await ConnectAsync(central));
        await good.OpenAsync();
        for (var round = 0; round < 150; round++)
        {
            await using var bad = new NativeClient(await ConnectAsync(central));
            var bytes = new ArrayBufferWriter<byte>();
            bytes.Write(Convert.FromHexString(random.Next(5) == 0 ? Preface : Announced));
            for (var frame = random.Next(1, 5); frame > 0; frame--) WriteFrame(bytes, random);
            await bad.SendRawAsync(bytes.WrittenSpan.ToArray());
        }

        await good.SendBatchAsync(1, "still here");
        await good.ReadAcksAsync(1);
        Assert.True(central.Spool.Ledger.Snapshot().Balanced);
    }

    private static void WriteFrame(ArrayBufferWriter<byte> bytes, Random random)
    {
        var payload = new byte[random.Next(120)];
        random.NextBytes(payload);
        if (random.Next(2) == 0)
        {
            // Close to right, so that what lies behind the head is looked at too.
            var batch = NativeClient.Batch("x");
            if (random.Next(2) == 0) batch[random.Next(batch.Length)] ^= (byte)random.Next(1, 256);
            RelayFrames.WriteBatch(bytes, 3, (ulong)random.Next(1, 50), (ulong)random.Next(1, 50), batch);
        }
        else
        {
            FrameWriter.Write(bytes, (byte)random.Next(0, 14), payload);
        }
    }

    private static async Task<Culvert.Connections.Connection> ConnectAsync(RelayStation station) =>
        await Ipc.ConnectAsync(station.Endpoint, null, TestContext.Current.CancellationToken);

    private static Task<InputUnderTest> ListenAsync() =>
        InputUnderTest.ListenAsync(options => options with { Relay = new RelayRule(true, []) });
}
