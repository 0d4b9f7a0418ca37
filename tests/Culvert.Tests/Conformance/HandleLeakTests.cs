namespace Culvert.Tests.Conformance;

/// <summary>A promise of every transport that can only be counted while no other test runs.</summary>
[Collection(AloneCollection.Name)]
public sealed class HandleLeakTests : IDisposable
{
    private static readonly string[] OnWindows = ["mem", "tcp", "pipe", "local", "copydata", "shm"];

    /// <summary>None on Linux. On Windows each thread of the runtime has several, and up to 64 more may start while
    /// this counts. It is less than one leaked by each third connection, which are those that abort.</summary>
    private static readonly int Slack = OperatingSystem.IsLinux() ? 0 : 256;

    private readonly TempFolder _folder = new();
    private TestAuthority? _authority;

    public void Dispose()
    {
        _authority?.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("mem")]
    [InlineData("unix")]
    [InlineData("pipe")]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("local")]
    [InlineData("copydata")]
    [InlineData("shm")]
    public async Task ConnectAndClose_AThousandTimes_LeaksNoHandle(string scheme)
    {
        Assert.SkipUnless(
            OperatingSystem.IsWindows() ? OnWindows.Contains(scheme) : scheme != "copydata",
            $"{scheme}:// is not carried on this system.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var listener = await Ipc.ListenAsync(NewEndpoint(scheme), cancellationToken: limit.Token);
        // What a process opens once (the reactor's, the pool's) is open from here on.
        await RoundAsync(50);
        var before = Handles();
        await RoundAsync(1000);

        // The last ones are closed by the reactor's thread, which may be about to.
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Handles().Length > before.Length + Slack && !limit.IsCancellationRequested)
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        var after = Handles();
        TestContext.Current.TestOutputHelper?.WriteLine($"{before.Length} handles before, {after.Length} after");
        Assert.True(
            after.Length <= before.Length + Slack,
            $"There were {before.Length} and are {after.Length}: {string.Join(", ", after.Except(before).Take(20))}");

        async Task RoundAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: limit.Token);
                var server = await listener.AcceptAsync(limit.Token);
                if (i % 3 == 0) client.Abort("By turns.");
                await client.DisposeAsync();
                await server!.DisposeAsync();
            }
        }
    }

    /// <summary>What is open, with its number; on Linux without the one that the listing itself takes.</summary>
    private static string[] Handles()
    {
        if (OperatingSystem.IsWindows()) return SystemHandles.OfThisProcess();
        return
        [
            .. from path in Directory.GetFileSystemEntries("/proc/self/fd")
               let target = new FileInfo(path).LinkTarget
               where target is not null && !target.EndsWith("/fd", StringComparison.Ordinal)
               select $"{Path.GetFileName(path)} {target}",
        ];
    }

    private string NewEndpoint(string scheme) => scheme switch
    {
        "unix" => $"unix://{_folder.Path}/{Guid.NewGuid():N}.sock",
        "pipe" => $"pipe://culvert-test-{Guid.NewGuid():N}",
        "tcp" => "tcp://127.0.0.1:0",
        "tls" => (_authority = new TestAuthority(_folder.Path)).Endpoint(),
        _ => $"{scheme}://test-{Guid.NewGuid():N}",
    };
}
