using System.Runtime.Versioning;
using Culvert.Desktop;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Desktop;

/// <summary>WM_COPYDATA with windows that know nothing of Culvert.</summary>
[SupportedOSPlatform("windows")]
public sealed class CopyDataWindowTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _title = $"window {Guid.NewGuid():N}";

    public CopyDataWindowTests() => WindowsDesktop.Need();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await WindowsDesktop.NeedTopLevelAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Send_ByTitleClassAndHandle_DeliversNumberAndBytes()
    {
        var className = $"Culvert.Test.{Guid.NewGuid():N}";
        await using var window = await OpenAsync(new() { ClassName = className, Title = _title, Answer = 17 });
        CopyDataTarget[] targets =
        [
            CopyDataTarget.ByTitle(_title), CopyDataTarget.ByClass(className),
            CopyDataTarget.ByClassAndTitle(className, _title), CopyDataTarget.ByHandle(window.Handle),
        ];
        for (var i = 0; i < targets.Length; i++)
        {
            byte[] bytes = [1, 2, (byte)i];
            var result = await CopyDataSender.SendAsync(targets[i], (nuint)i, bytes, null, Token);
            Assert.Equal(CopyDataStatus.Delivered, result.Status);
            Assert.Equal(17, result.Answer);
            var received = await ReceiveAsync(window);
            Assert.Equal((nuint)i, received.Tag);
            Assert.Equal(bytes, received.Bytes.ToArray());
            Assert.False(received.TryAnswer(5));
        }
    }

    [Fact]
    public async Task Receive_WithANamedSender_SaysWhomItClaims()
    {
        await using var window = await OpenAsync(new() { Title = _title });
        var target = CopyDataTarget.ByHandle(window.Handle);
        var named = new CopyDataSendOptions { SenderWindow = window.Handle };
        await CopyDataSender.SendAsync(target, 0, new byte[1], named, Token);
        var sender = (await ReceiveAsync(window)).ClaimedSender;
        Assert.Equal(window.Handle, sender.Window);
        Assert.Equal(Environment.ProcessId, sender.ProcessId);
        Assert.Equal(Environment.UserName, sender.UserName);
        Assert.Equal(Environment.ProcessPath, sender.ExecutablePath);

        // Nobody's window, and a window that there is not: both are what the sender says, and neither is believed.
        foreach (var claimed in new nint[] { 0, 0x7FFF_FFF0 })
        {
            await CopyDataSender.SendAsync(target, 0, new byte[1], new() { SenderWindow = claimed }, Token);
            Assert.Equal(new ClaimedSender(claimed, null, null, null), (await ReceiveAsync(window)).ClaimedSender);
        }
    }

    [Fact]
    public async Task Send_OfNothing_IsDelivered()
    {
        await using var window = await OpenAsync(new() { Title = _title });
        var result = await CopyDataSender.SendAsync(CopyDataTarget.ByTitle(_title), 3, default, null, Token);
        Assert.Equal(CopyDataStatus.Delivered, result.Status);
        Assert.Equal(0, (await ReceiveAsync(window)).Bytes.Length);
    }

    [Fact]
    public async Task Send_OfMoreThanTheLimitOrToAFullQueue_IsRefused()
    {
        await using var window = await OpenAsync(new() { Title = _title, BytesMax = 100, QueueLength = 2 });
        var target = CopyDataTarget.ByTitle(_title);
        Assert.Equal(CopyDataStatus.Refused, (await SendAsync(target, 101)).Status);
        Assert.Equal(CopyDataStatus.Delivered, (await SendAsync(target, 100)).Status);
        Assert.Equal(CopyDataStatus.Delivered, (await SendAsync(target, 1)).Status);
        Assert.Equal(CopyDataStatus.Refused, (await SendAsync(target, 1)).Status);
        await ReceiveAsync(window);
        Assert.Equal(CopyDataStatus.Delivered, (await SendAsync(target, 1)).Status);
    }

    [Fact]
    public async Task Answer_OfTheProgram_ReachesTheSenderAndALateOneDoesNot()
    {
        var options = new CopyDataWindowOptions
        {
            Title = _title, AnswerTimeout = TimeSpan.FromSeconds(4), Answer = 9,
        };
        await using var window = await OpenAsync(options);
        var sending = SendAsync(CopyDataTarget.ByTitle(_title), 5);
        var received = await ReceiveAsync(window);
        Assert.True(received.TryAnswer(42));
        Assert.False(received.TryAnswer(43));
        Assert.Equal(42, (await sending.WaitAsync(Limit, Token)).Answer);

        var hasty = new CopyDataWindowOptions { AnswerTimeout = TimeSpan.FromMilliseconds(20), Answer = 9 };
        await using var second = await OpenAsync(hasty);
        Assert.Equal(9, (await SendAsync(CopyDataTarget.ByHandle(second.Handle), 5).WaitAsync(Limit, Token)).Answer);
        Assert.False((await ReceiveAsync(second)).TryAnswer(1));
    }

    [Fact]
    public async Task Open_Cancelled_LeavesNoWindow()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        for (var i = 0; i < 20; i++)
        {
            try
            {
                // The window may be there sooner than it is looked whether anybody still wants it.
                var window = await CopyDataWindow.OpenAsync(new() { Title = _title }, cancelled.Token);
                await window.DisposeAsync();
            }
            catch (OperationCanceledException)
            {
            }
        }

        using var limit = new CancellationTokenSource(Limit);
        while ((await SendAsync(CopyDataTarget.ByTitle(_title), 1)).Status != CopyDataStatus.NoSuchWindow)
        {
            Assert.False(limit.IsCancellationRequested, "A window stayed that nobody has.");
        }
    }

    [Fact]
    public async Task Send_ToAWindowThatIsNotThere_SaysSo()
    {
        var window = await OpenAsync(new() { Title = _title });
        await window.DisposeAsync();
        await window.DisposeAsync();
        Assert.Equal(CopyDataStatus.NoSuchWindow, (await SendAsync(CopyDataTarget.ByTitle(_title), 1)).Status);
        var gone = await SendAsync(CopyDataTarget.ByHandle(window.Handle), 1);
        Assert.Equal(CopyDataStatus.NoSuchWindow, gone.Status);
        Assert.Contains("start its program", gone.Message, StringComparison.Ordinal);
        Assert.Null(await window.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Send_ToAWindowThatHangs_TimesOutAndTheSenderGoesOn()
    {
        using var release = new ManualResetEventSlim();
        var pump = new MessagePump("A hung window of a test");
        var hung = await pump.OpenAsync("Culvert.Tests.Hung", _title, isTopLevel: true,
            (uint message, nint _, nint _, out nint answer) =>
            {
                answer = 0;
                if (message == User32.MessageCopyData) release.Wait(Limit);
                return message == User32.MessageCopyData;
            });
        var hasty = new CopyDataSendOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        var result = await CopyDataSender
            .SendAsync(CopyDataTarget.ByTitle(_title), 1, new byte[10], hasty, Token).AsTask().WaitAsync(Limit, Token);
        Assert.Equal(CopyDataStatus.TimedOut, result.Status);
        release.Set();
        await hung.CloseAsync();
        pump.Stop();
    }

    [Fact]
    public async Task Send_ToAWindowThatDoesNotHandleIt_IsRefused()
    {
        var pump = new MessagePump("An unknowing window of a test");
        var plain = await pump.OpenAsync("Culvert.Tests.Plain", _title, isTopLevel: true,
            (uint _, nint _, nint _, out nint answer) =>
            {
                answer = 0;
                return false;
            });
        Assert.Equal(CopyDataStatus.Refused, (await SendAsync(CopyDataTarget.ByTitle(_title), 10)).Status);
        await plain.CloseAsync();
        pump.Stop();
    }

    private static Task<CopyDataWindow> OpenAsync(CopyDataWindowOptions options) =>
        CopyDataWindow.OpenAsync(options, Token).AsTask().WaitAsync(Limit, Token);

    private static Task<CopyDataResult> SendAsync(CopyDataTarget target, int bytes) =>
        CopyDataSender.SendAsync(target, 0, new byte[bytes], null, Token).AsTask();

    private static async Task<CopyDataReceived> ReceiveAsync(CopyDataWindow window) =>
        (await window.ReceiveAsync(Token).AsTask().WaitAsync(Limit, Token))!;
}
