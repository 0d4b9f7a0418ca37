using System.Runtime.Versioning;
using System.Text.Json.Serialization.Metadata;
using Culvert.Connections;
using Culvert.CrossProcess.Tests.Transports;
using Culvert.Desktop;

namespace Culvert.CrossProcess.Tests.Desktop;

/// <summary>The exchanges over the desktop with a real program on the other side, also one that hangs or
/// dies.</summary>
[SupportedOSPlatform("windows")]
public sealed class DesktopProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly JsonTypeInfo<string> Text = TextContext.Default.String;

    private readonly string _name = $"culvert-x-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public DesktopProcessTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "It is a mechanism of the Windows desktop.");
        _limit.CancelAfter(Limit);
    }

    private CancellationToken Token => _limit.Token;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await using var window = await CopyDataWindow.OpenAsync();
        }
        catch (ConnectionException e)
        {
            Assert.Skip($"There is no desktop: {e.Message} Under Wine run it by xvfb-run.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Send_ToAWindowOfAChild_IsDeliveredAndNoLongerWhenItIsKilled()
    {
        await using var child = ChildPeer.Start("desktop-window", _name);
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        await using var own = await CopyDataWindow.OpenAsync(cancellationToken: Token);
        var options = new CopyDataSendOptions { SenderWindow = own.Handle };
        var target = CopyDataTarget.ByTitle(_name);
        var result = await CopyDataSender.SendAsync(target, 12, new byte[1_000_000], options, Token);
        Assert.Equal((CopyDataStatus.Delivered, 77), (result.Status, (int)result.Answer));
        Assert.Equal($"got 12 1000000 {Environment.ProcessId}", await child.ReadLineAsync(Token));
        Assert.Equal(CopyDataStatus.Refused, (await SendAsync(new byte[1_048_577])).Status);

        await child.KillAsync(Token);
        Assert.Equal(CopyDataStatus.NoSuchWindow, (await SendAsync(new byte[1])).Status);
    }

    [Fact]
    public async Task Send_ToAWindowOfAStoppedChild_TimesOutAndEndsWhenItIsKilled()
    {
        await using var child = ChildPeer.Start("desktop-window", _name);
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        await child.StopAsync();
        var hasty = new CopyDataSendOptions { Timeout = TimeSpan.FromMilliseconds(200) };
        var target = CopyDataTarget.ByTitle(_name);
        var late = await CopyDataSender.SendAsync(target, 1, new byte[10], hasty, Token);
        Assert.Equal(CopyDataStatus.TimedOut, late.Status);

        var sending = CopyDataSender.SendAsync(target, 1, new byte[10], new() { Timeout = Limit }, Token).AsTask();
        child.Kill();
        var result = await sending.WaitAsync(Token);
        Assert.NotEqual(CopyDataStatus.Delivered, result.Status);
    }

    [Fact]
    public async Task Receive_FromAChild_HasItsBytesAndTheProcessThatItClaims()
    {
        await using var window = await CopyDataWindow.OpenAsync(new() { Title = _name }, Token);
        await using var child = ChildPeer.Start("desktop-send", _name);
        var received = (await window.ReceiveAsync(Token))!;
        Assert.Equal(5u, received.Tag);
        Assert.Equal(70_000, received.Bytes.Length);
        Assert.Equal(child.Id, received.ClaimedSender.ProcessId);
        Assert.EndsWith("Culvert.TestPeer.exe", received.ClaimedSender.ExecutablePath, StringComparison.Ordinal);
        Assert.Equal("sent Delivered 1", await child.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Clipboard_SetByAChild_IsReadHereAndOutlivesIt()
    {
        await using var exchange = await ClipboardExchange<string>.OpenAsync(_name, Text, cancellationToken: Token);
        await using var child = ChildPeer.Start("desktop-clipboard", _name);
        Assert.StartsWith("set ", await child.ReadLineAsync(Token), StringComparison.Ordinal);
        var item = await exchange.GetAsync(Token);
        Assert.Equal("from the child", item!.Value);
        Assert.Equal(child.Id, item.Owner!.ProcessId);

        await child.KillAsync(Token);
        var left = await exchange.GetAsync(Token);
        Assert.Equal("from the child", left!.Value);
        Assert.Null(left.Owner);
    }

    [Fact]
    public async Task RunningValue_OfAChild_IsReadHereAndEndsWithIt()
    {
        await using var child = ChildPeer.Start("desktop-running", _name);
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        Assert.Equal((true, "from the child"), await RunningValue<string>.ReadAsync(_name, Text, null, Token));

        await child.KillAsync(Token);
        var left = await RunningValue<string>.ReadAsync(_name, Text, null, Token);
        Assert.False(left.HasValue);
    }

    private async Task<CopyDataResult> SendAsync(byte[] bytes) =>
        await CopyDataSender.SendAsync(CopyDataTarget.ByTitle(_name), 0, bytes, null, Token);
}
