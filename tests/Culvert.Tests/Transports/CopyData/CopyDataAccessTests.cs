using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.CopyData;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>Whom a listener admits, and which listener a client takes.</summary>
[SupportedOSPlatform("windows")]
public sealed class CopyDataAccessTests
{
    private readonly string _endpoint = $"copydata://test-{Guid.NewGuid():N}";

    public CopyDataAccessTests() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "WM_COPYDATA is a mechanism of Windows.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_ToAListenerOfAnotherUserThanAskedFor_IsWrongOwner()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
        await ExpectAsync(ConnectionError.WrongOwner, $"{_endpoint}?owner=S-1-5-18");
        await ExpectAsync(ConnectionError.InvalidEndpoint, $"{_endpoint}?owner=nobody-of-this-name");
        await using var client = await Ipc.ConnectAsync(
            $"{_endpoint}?owner={WindowsAccess.CurrentUser()}", cancellationToken: Token);
    }

    [Fact]
    public async Task Connect_ToAListenerThatRefuses_IsNotAllowedAtOnce()
    {
        var pump = new MessagePump("A listener that refuses");
        var window = await pump.OpenAsync(
            CopyDataName.ClassName, new Uri(_endpoint).Host, isTopLevel: false,
            (uint message, nint wParam, nint lParam, out nint answer) =>
            {
                answer = (nint)new CopyDataAnswer(CopyDataCode.Taken).Encode();
                if (message != User32.MessageCopyData) return false;
                Assert.True(CopyDataHub.TryRead(lParam, out var hello));
                new CopyDataRemoteWindow(wParam, 0).Notify(CopyDataSignal.NotAllowed, hello.Key);
                return true;
            });
        await ExpectAsync(ConnectionError.NotAllowed, _endpoint);
        await window.CloseAsync();
        pump.Stop();
    }

    [Fact]
    public async Task Listen_WithAUserOrGroupThatIsUnknown_IsAnInvalidEndpoint()
    {
        AccessPolicy[] policies =
        [
            AccessPolicy.Named(users: ["nobody-of-this-name"]), AccessPolicy.Named(groups: ["no-group-of-this-name"]),
        ];
        foreach (var policy in policies)
        {
            var error = await Assert.ThrowsAsync<ConnectionException>(
                async () => await Ipc.ListenAsync(_endpoint, new() { Access = policy }, Token));
            Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
        }

        // The name is free again.
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
    }

    [Fact]
    public async Task Connect_WithLowerIntegrityAdmitted_CarriesBytesAsBefore()
    {
        await using var pair = await ConnectionPair.OpenAsync($"{_endpoint}?integrity=any", Token);
        await pair.Client.SendAsync(Bytes.Make(0, 100), Token);
        Assert.Equal(Bytes.Make(0, 100), await pair.Server.ReadExactlyAsync(100, Token));
    }

    [Fact]
    public async Task Connect_WhileTheBacklogIsFull_IsBusyAtItsDeadlineAndServedWhenThereIsRoom()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, new() { Backlog = 1 }, Token);
        await using var first = await Ipc.ConnectAsync(_endpoint, cancellationToken: Token);
        var hasty = new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(300) };
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(_endpoint, hasty, Token));
        Assert.Equal(ConnectionError.Busy, error.Error);

        var waiting = Ipc.ConnectAsync(_endpoint, cancellationToken: Token).AsTask();
        await using var accepted = await listener.AcceptAsync(Token);
        await using var second = await waiting.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    private static async Task ExpectAsync(ConnectionError expected, string endpoint)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(endpoint, cancellationToken: Token));
        Assert.Equal(expected, error.Error);
    }
}
