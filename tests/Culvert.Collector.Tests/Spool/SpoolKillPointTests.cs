using System.Diagnostics;
using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Spool;

/// <summary>Kills a real process at each step of the spool's writing, several times in a row on the same
/// folder.</summary>
[Trait("system", "linux")]
public sealed class SpoolKillPointTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly ProducerId Producer = new(7, 1);

    private static int Kills => Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1" ? 20 : 2;

    public static TheoryData<string> Steps => [.. Enum.GetNames<SpoolStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Spool_KilledAtAStep_HoldsWhatWasAcknowledgedOnce(string step)
    {
        using var folder = new TempFolder();
        var acknowledged = 0UL;
        for (var kill = 1; kill <= Kills; kill++)
        {
            acknowledged = Math.Max(acknowledged, await RunPeerAsync(folder.Path, step, kill));
            await CheckAsync(folder.Path, acknowledged);
        }
    }

    private static async Task<ulong> RunPeerAsync(string folder, string step, int occurrence)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (
            string[])[PeerPath(), "spool", folder, step, occurrence.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using var peer = Process.Start(start)!;
        try
        {
            var output = await peer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            await peer.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.Equal(128 + 9, peer.ExitCode);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length == 0 ? 0 : ulong.Parse(lines[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        finally
        {
            if (!peer.HasExited) peer.Kill();
        }
    }

    private static async Task CheckAsync(string folder, ulong acknowledged)
    {
        await using var spool = TestSpool.Open(TestSpool.Options(folder));
        var durable = spool.Intake.DurableSequence(Producer);
        Assert.True(durable >= acknowledged, $"{acknowledged} was acknowledged, {durable} is durable.");

        // One producer sends consecutive sequences from 1, so the record at a position has the sequence one above.
        var records = spool.ReadAll();
        Assert.Equal(spool.Spool.NextPosition, durable);
        Assert.Equal(spool.Spool.NextPosition - spool.Spool.FirstPosition, (ulong)records.Count);
        Assert.All(records, record => Assert.Equal(record.Position + 1, record.Sequence));

        var ledger = spool.Ledger.Snapshot();
        Assert.True(ledger.Balanced, ledger.ToString());
        Assert.All(ledger.Outputs, output => Assert.Equal(0UL, output.Expired + output.Damaged));
    }

    private static string PeerPath() => Path.Combine(
        AppContext.BaseDirectory.Replace("Culvert.Collector.Tests", "Culvert.TestPeer", StringComparison.Ordinal),
            "Culvert.TestPeer.dll");
}
