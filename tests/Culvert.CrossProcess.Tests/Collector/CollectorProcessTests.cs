using Culvert.CrossProcess.Tests.Transports;

namespace Culvert.CrossProcess.Tests.Collector;

/// <summary>A collector and programs that log to it, each a process of its own, over the local mechanisms of this
/// system.</summary>
public sealed class CollectorProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public CollectorProcessTests() => _limit.CancelAfter(Limit);

    [Theory]
    [InlineData("copydata", true)]
    [InlineData("local", false)]
    public async Task Log_FromTwoProgramsAtOnce_IsStoredToTheLastRecord(string scheme, bool isOfWindows)
    {
        Assert.SkipUnless(OperatingSystem.IsWindows() == isOfWindows, $"{scheme}:// is for the other system here.");
        var endpoint = $"{scheme}://culvert-x-{Guid.NewGuid():N}";
        await using var collector = ChildPeer.Start("collect", endpoint);
        Assert.Equal("ready", await collector.ReadLineAsync(_limit.Token));
        await using var one = ChildPeer.Start("log", endpoint);
        await using var other = ChildPeer.Start("log", endpoint);
        Assert.Equal("logged 3000", await one.ReadLineAsync(_limit.Token));
        Assert.Equal("logged 3000", await other.ReadLineAsync(_limit.Token));

        await collector.NudgeAsync();
        Assert.Equal("received 6000 spooled 6000 stored 6000 True", await collector.ReadLineAsync(_limit.Token));
    }

    public void Dispose() => _limit.Dispose();
}
