using Culvert.CrossProcess.Tests.Transports;

namespace Culvert.CrossProcess.Tests.Collector;

/// <summary>A collector and programs that log to it, each a process of its own, over the local mechanisms of this
/// system.</summary>
public sealed class CollectorProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-collect-").FullName;
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public CollectorProcessTests() => _limit.CancelAfter(Limit);

    public static TheoryData<string, bool> Schemes { get; } = new()
    {
        { "pipe", OperatingSystem.IsWindows() }, // On both.
        { "copydata", true },
        { "local", false },
    };

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task Log_FromTwoProgramsAtOnce_IsStoredToTheLastRecord(string scheme, bool isOfWindows)
    {
        var endpoint = NewEndpoint(scheme, isOfWindows);
        await using var collector = await CollectAsync(endpoint);
        await using var one = ChildPeer.Start("log", endpoint);
        await using var other = ChildPeer.Start("log", endpoint);
        Assert.Equal("logged 3000", await one.ReadLineAsync(_limit.Token));
        Assert.Equal("logged 3000", await other.ReadLineAsync(_limit.Token));

        await collector.NudgeAsync();
        Assert.Equal("spooled 6000 stored 6000 dropped 0 True", await collector.ReadLineAsync(_limit.Token));
    }

    /// <summary>What the first collector had taken and not acknowledged comes again, and counts once.</summary>
    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task Log_WhileTheCollectorIsKilledAndStartedAgain_IsStoredOnceToTheLastRecord(
        string scheme, bool isOfWindows)
    {
        var endpoint = NewEndpoint(scheme, isOfWindows);
        await using var program = ChildPeer.Start("log-in-halves", endpoint);
        await using (var first = await CollectAsync(endpoint))
        {
            Assert.Equal("half", await program.ReadLineAsync(_limit.Token));
            await first.KillAsync(_limit.Token);
        }

        await using var second = await CollectAsync(endpoint);
        await program.NudgeAsync();
        Assert.Equal("logged 3000", await program.ReadLineAsync(_limit.Token));
        await second.NudgeAsync();
        Assert.Equal("spooled 3000 stored 3000 dropped 0 True", await second.ReadLineAsync(_limit.Token));
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string NewEndpoint(string scheme, bool isOfWindows)
    {
        Assert.SkipUnless(OperatingSystem.IsWindows() == isOfWindows, $"{scheme}:// is for the other system here.");
        return $"{scheme}://culvert-x-{Guid.NewGuid():N}";
    }

    private async Task<ChildPeer> CollectAsync(string endpoint)
    {
        var collector = ChildPeer.Start(["collect", endpoint, _folder], []);
        Assert.Equal("ready", await collector.ReadLineAsync(_limit.Token));
        return collector;
    }
}
