using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Outputs.Relay;

/// <summary>How fast a backlog goes from one collector's spool into another's, both in this process. The last
/// result stands in docs/scale-out.md.</summary>
public sealed class RelaySpeedTests
{
    private const int Records = 1_000_000, RecordsOfBatch = 300;

    [Theory]
    [InlineData("unix")]
    [InlineData("tls")]
    public async Task Relay_ABacklog_RecordsPerSecond(string scheme)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1", "A measurement; set CULVERT_TEST_FULL=1.");
        using var folder = new TempFolder();
        using var authority = new TestAuthority(folder.Path);
        await using var central = RelayStation.Start();
        await using var agent = RelayStation.Start();
        var endpoint = scheme == "tls" ? authority.Endpoint() : null;
        await central.ListenAsync(endpoint: endpoint);
        var sending = new List<Task>();
        for (var first = 0; first < Records; first += RecordsOfBatch)
        {
            var producer = new ProducerId((uint)(first / RecordsOfBatch % 4) + 1, 1);
            var sequence = ((ulong)first / RecordsOfBatch / 4 * RecordsOfBatch) + 1;
            sending.Add(agent.SendAsync(producer, sequence, TestBatch.Of(sequence, RecordsOfBatch, padding: 170)));
            if (sending.Count < 100) continue;
            await Task.WhenAll(sending);
            sending.Clear();
        }

        await Task.WhenAll(sending);
        var bytes = agent.Spool.Spool.Bytes;
        var records = agent.Spool.Ledger.Snapshot().Total.Spooled;
        var (processor, started) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
        agent.RelayTo(
            endpoint is null ? central.Endpoint : $"{central.Endpoint.Split('?')[0]}?{endpoint.Split('?')[1]}");
        await agent.DeliveredAsync();
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var used = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        Assert.Equal(records, central.Spool.Ledger.Snapshot().Total.Spooled);
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{scheme}: {records / seconds:N0} records/s, {bytes / seconds / 1e6:N0} MB/s, "
            + $"{used:N2} processor seconds for both sides"));
    }
}
