using System.Text;
using Culvert.Collector.Intake;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.Inputs.Connections;

/// <summary>Each of these does its worst, is answered with a sentence, and another client goes on.</summary>
public sealed class HostileClientTests
{
    public static TheoryData<string, string> Violations => new()
    {
        { "C1434C4F47090000", "no version of the protocol" },
        { "C1434C4F47010000" + "00000080" + "01000000", "over the limit" },
        { "C1434C4F47010000" + "00000000" + "01000000", "no Hello" },
        { "C1434C4F47010000" + "00000000" + "0100FFFF", "reserved bytes" },
        { "C1434C4F47010000" + "08000000" + "03000000" + "0100000000000000", "no Hello" },
        { Hello + "FFFFFF7F" + "03000000", "over the limit" },
        { Hello + "08000000" + "03000000" + "0100000000000000", "holds no records" },
        { Hello + "09000000" + "03000000" + "0000000000000000" + "01", "sequences begin at 1" },
        { Hello + "01000000" + "05000000" + "01", "report" },
        { Hello + "00000000" + "09000000", "not for a client" },
        { Hello + "00000000" + "07000000", "not for a client" },
    };

    private static string Hello =>
        "C1434C4F47010000" + "18000000" + "01000000" + new string('A', 32) + "0100000000000000";

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_OfAnyKind_IsAnsweredAndOthersGoOn(string hex, string sentence)
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var good = new NativeClient(await input.ConnectAsync());
        await good.OpenAsync();
        await using var bad = new NativeClient(await input.ConnectAsync());
        await bad.SendRawAsync(Convert.FromHexString(hex));
        if (hex.StartsWith(Hello, StringComparison.Ordinal))
            Assert.Equal(LogFrameType.Welcome, (await bad.ReadAsync()).Type);
        Assert.Contains(sentence, await bad.ReadErrorAsync(), StringComparison.Ordinal);
        await good.SendBatchAsync(1, "still here");
        await good.ReadAcksAsync(1);
    }

    [Fact]
    public async Task Handshake_ThatStops_EndsAfterTheTimeout()
    {
        await using var input = await InputUnderTest.ListenAsync(
            o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        await using var silent = new NativeClient(await input.ConnectAsync());
        await silent.SendRawAsync([.. LogProtocol.Preface[..5]]);
        Assert.Contains("No Hello", await silent.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatNeverReadsItsAcks_StopsItselfAlone()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var deaf = new NativeClient(await input.ConnectAsync());
        await deaf.OpenAsync();
        var sending = SendAsync();
        await using var good = new NativeClient(await input.ConnectAsync());
        await good.OpenAsync();
        for (ulong i = 1; i <= 100; i++)
        {
            await good.SendBatchAsync(i, "y");
            await good.ReadAcksAsync(i);
        }

        await deaf.DisposeAsync();
        await sending;

        async Task SendAsync()
        {
            await Task.Yield();
            try
            {
                for (ulong i = 1; i <= 300_000; i++) await deaf.SendBatchAsync(i, "x");
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
            {
                // It was stopped by what it did not read, or by its own end.
            }
        }
    }

    [Fact]
    public async Task Client_ThatSaysNothing_KeepsNobodyOut()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var silent = await input.ConnectAsync();
        await using var good = new NativeClient(await input.ConnectAsync());
        await good.OpenAsync();
        await good.SendBatchAsync(1, "x");
        await good.ReadAcksAsync(1);
    }

    [Fact]
    public async Task Connection_OverTheLimit_IsToldSo()
    {
        await using var input = await InputUnderTest.ListenAsync(o => o with { ConnectionsPerUserMax = 1 });
        await using var first = new NativeClient(await input.ConnectAsync());
        await first.OpenAsync();
        await using var second = new NativeClient(await input.ConnectAsync());
        Assert.Contains("try again later", await second.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_OfEveryBadKind_AreKeptAndCounted()
    {
        await using var input = await InputUnderTest.ListenAsync(o => o with { LineBytesMax = 1000 });
        await using (var client = await input.ConnectAsync())
        {
            byte[] text =
            [
                .. "plain\n"u8, .. new byte[5_000].Select(_ => (byte)'x'), .. "\n{\"broken\n"u8, 0xFF, 0xFE, (byte)'\n',
                .. "<13>1 broken\n"u8, .. "{\"msg\":\"json\",\"time\":\"2099-01-01T00:00:00Z\"}\r\n\n"u8,
                .. "{\"msg\":\"old\",\"ts\":1}\nlast without end"u8,
            ];
            await client.Output.WriteAsync(text, TestContext.Current.CancellationToken);
            await client.Output.CompleteAsync();
            await input.Intake.WaitForAsync(8);
        }

        await input.StopAsync();
        Assert.Equal(
            ["plain", new string('x', 1000), "{\"broken", "\uFFFD\uFFFD", "1 broken", "json", "old",
                "last without end"],
            input.Intake.Bodies);
        Assert.Equal(4_070_908_800_000_000_000, input.Intake.Records[5].TimeNs);
        Assert.Equal(1_000_000_000, input.Intake.Records[6].TimeNs);
        Assert.True(input.Intake.Records[1].Flags.HasFlag(RecordFlags.Truncated));
        foreach (var reason in Enum.GetValues<MendReason>()) Assert.Equal(1, input.Counts.Mended[reason]);
        Assert.Equal(Path.GetFileName(Environment.ProcessPath), input.Intake.Records[0].Resource["service.name"]);
        Assert.Equal((long)Environment.ProcessId, input.Intake.Records[0].Resource["process.pid"]);
    }

    [Fact]
    public async Task Lines_WhileTheDiskIsFull_MakeTheSenderWaitAndAreKept()
    {
        await using var input = await InputUnderTest.ListenAsync();
        input.Intake.Answer = IntakeStatus.Full;
        const int count = 300_000;
        await using var client = await input.ConnectAsync();
        var line = Encoding.UTF8.GetBytes(new string('x', 99) + "\n");
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = SendAsync();
        await halfway.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        // All of it is 30 MB; what may be in flight and in buffers is a third of that.
        Assert.False(sending.IsCompleted);
        input.Intake.Answer = IntakeStatus.Durable;
        await input.Intake.WaitForAsync(count);
        await sending.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        async Task SendAsync()
        {
            await Task.Yield();
            for (var i = 0; i < count; i++)
            {
                await client.Output.WriteAsync(line);
                if (i == 20_000) halfway.SetResult();
            }
        }
    }
}
