using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Desktop;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Desktop;

/// <summary>Values over the clipboard. There is one clipboard, so no other test class uses it.</summary>
[SupportedOSPlatform("windows")]
public sealed class ClipboardExchangeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _format = $"Culvert.Test.{Guid.NewGuid():N}";

    public ClipboardExchangeTests() => WindowsDesktop.Need();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_OfAnotherExchange_HasValueOwnerAndSequence()
    {
        await using var one = await OpenAsync();
        await using var other = await OpenAsync();
        Assert.Null(await other.GetAsync(Token));
        var sequence = await one.SetAsync(new Note("first", 1), Token);
        var item = (await other.GetAsync(Token))!;
        Assert.Equal(new Note("first", 1), item.Value);
        Assert.Equal(Environment.ProcessId, item.Owner!.ProcessId);

        await one.SetAsync(new Note("second", 2), Token);
        var second = (await other.GetAsync(Token))!;
        Assert.Equal(2, second.Value.Number);
        Assert.True(second.Sequence > sequence, "The sequence number did not grow.");
    }

    [Fact]
    public async Task Set_OfALongValue_ThrowsAndChangesNothing()
    {
        await using var exchange = await OpenAsync(new() { BytesMax = 50 });
        await exchange.SetAsync(new Note("short", 1), Token);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await exchange.SetAsync(new Note(new string('x', 50), 2), Token));
        Assert.Equal("short", (await exchange.GetAsync(Token))!.Value.Text);
    }

    [Fact]
    public async Task Get_OfALongOrForeignValue_IsAViolation()
    {
        await using var small = await OpenAsync(new() { BytesMax = 50 });
        await using var big = await OpenAsync();
        foreach (var length in new[] { 60, 100_000 })
        {
            await big.SetAsync(new Note(new string('x', length), 2), Token);
            await ExpectViolationAsync(small);
        }

        PutRaw([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        await ExpectViolationAsync(big);
    }

    [Fact]
    public async Task Get_WhileAnotherProgramHoldsItOpen_IsBusyAtItsTimeout()
    {
        await using var exchange = await OpenAsync(new() { Timeout = TimeSpan.FromMilliseconds(100) });
        var pump = new MessagePump("Holds the clipboard");
        Assert.True(await pump.RunAsync(() => User32.OpenClipboard(0)));
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await exchange.GetAsync(Token));
        Assert.Equal(ConnectionError.Busy, error.Error);
        await pump.RunAsync(User32.CloseClipboard);
        pump.Stop();
        Assert.Null(await exchange.GetAsync(Token));
    }

    [Fact]
    public async Task Watch_OfChanges_YieldsEachThatIsReadInTime()
    {
        await WindowsDesktop.NeedTopLevelAsync(); // Wine tells of changes only with a display.
        await using var watcher = await OpenAsync();
        await using var writer = await OpenAsync();
        await writer.SetAsync(new Note("there", 0), Token);
        var items = watcher.WatchAsync(Token).GetAsyncEnumerator(Token);
        for (var i = 0; i < 5; i++)
        {
            if (i > 0) await writer.SetAsync(new Note("new", i), Token);
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit, Token));
            Assert.Equal(i, items.Current.Value.Number);
        }

        await watcher.DisposeAsync();
        Assert.False(await items.MoveNextAsync().AsTask().WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Watch_AfterAnotherWatchHasEnded_IsToldOfChangesToo()
    {
        await WindowsDesktop.NeedTopLevelAsync(); // Wine tells of changes only with a display.
        await using var watcher = await OpenAsync();
        await using var writer = await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            await writer.SetAsync(new Note("there", i), Token);
            await using var items = watcher.WatchAsync(Token).GetAsyncEnumerator(Token);
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit, Token));
            Assert.Equal(i, items.Current.Value.Number);
            await writer.SetAsync(new Note("new", -i), Token);
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit, Token));
            Assert.Equal(-i, items.Current.Value.Number);
        }
    }

    [Fact]
    public async Task Calls_AfterDispose_SayThatItIsDisposed()
    {
        var exchange = await OpenAsync();
        await exchange.DisposeAsync();
        await exchange.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await exchange.GetAsync(Token));
        await using var items = exchange.WatchAsync(Token).GetAsyncEnumerator(Token);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await items.MoveNextAsync());
    }

    private static async Task ExpectViolationAsync(ClipboardExchange<Note> exchange)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await exchange.GetAsync(Token));
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
    }

    private Task<ClipboardExchange<Note>> OpenAsync(ClipboardExchangeOptions? options = null) =>
        ClipboardExchange<Note>.OpenAsync(_format, NoteContext.Default.Note, options, Token).AsTask();

    private void PutRaw(byte[] bytes)
    {
        var format = new ClipboardFormat(User32.RegisterClipboardFormat(_format), 1000);
        var pump = new MessagePump("Puts something else");
        pump.OpenAsync("Culvert.Tests.Putter", null, isTopLevel: false,
            (uint _, nint _, nint _, out nint answer) =>
            {
                answer = 0;
                return false;
            }).ContinueWith(
                opened => pump.RunAsync(() =>
                {
                    Assert.True(User32.OpenClipboard(opened.Result.Handle));
                    format.Put(bytes);
                    return User32.CloseClipboard();
                }),
                Token, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap().Wait(Limit, Token);
        pump.Stop();
    }
}
