using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.CopyData;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>What other windows may send to ours, and how ours behave to windows that do not answer.</summary>
[SupportedOSPlatform("windows")]
public sealed class CopyDataHostileTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly MessagePump _pump;
    private readonly string _endpoint = $"copydata://test-{Guid.NewGuid():N}";
    private readonly List<MessageWindow> _windows = [];

    public CopyDataHostileTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "WM_COPYDATA is a mechanism of Windows.");
        _pump = new MessagePump("Foreign windows of a test");
    }

    private CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var window in _windows) await window.CloseAsync();
        _pump.Stop();
    }

    [Fact]
    public async Task Hello_WithTheWindowOfSomebodyElse_IsNeverAccepted()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
        var challenges = 0;
        var bystander = await OpenAsync((uint _, nint _, nint _, out nint answer) =>
        {
            Interlocked.Increment(ref challenges);
            answer = 1; // What most programs answer to WM_COPYDATA.
            return true;
        });
        var hello = CopyDataMessage.Make(CopyDataKind.Hello, 99, 0);
        foreach (var claimed in new[] { bystander.Handle, 0, 12345678, CopyDataHubWindow() })
        {
            var target = new CopyDataRemoteWindow(ListenerWindow(), claimed);
            Assert.Equal(CopyDataOutcome.Answered, target.Send(hello, out _));
        }

        await using var good = await Ipc.ConnectAsync(_endpoint, cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        await good.SendAsync(Bytes.Make(0, 100), Token);
        Assert.Equal(Bytes.Make(0, 100), await server!.ReadExactlyAsync(100, Token).WaitAsync(Limit, Token));
        Assert.True(challenges > 0, "The claimed window was not asked.");
    }

    [Fact]
    public async Task Message_WithALengthThatLiesOrNoBytes_IsRefusedAndOthersGoOn()
    {
        await using var pair = await ConnectionPair.OpenAsync(_endpoint, Token);
        var hello = CopyDataMessage.Make(CopyDataKind.Hello, 99, 0);
        Assert.Equal(CopyDataCode.Gone, SendRaw(hello, uint.MaxValue));
        Assert.Equal(CopyDataCode.Gone, SendRaw(hello, CopyDataLayout.MessageBytesMax + 1));
        Assert.Equal(CopyDataCode.Gone, SendRaw(hello, 5));
        Assert.Equal(CopyDataCode.Gone, SendRaw(hello, 0));
        Assert.Equal(CopyDataCode.Gone, SendRaw(null, 32));
        Assert.Equal(CopyDataCode.Gone, SendRaw(null, 0));
        Assert.Equal(CopyDataCode.Gone, SendRaw(hello, 32, tag: 1));

        await pair.Client.SendAsync(Bytes.Make(0, 100), Token);
        Assert.Equal(Bytes.Make(0, 100), await pair.Server.ReadExactlyAsync(100, Token).WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Messages_UnderAKeyThatWasNeverGiven_AreGone()
    {
        await using var pair = await ConnectionPair.OpenAsync(_endpoint, Token);
        var random = new Random(5);
        var hub = new CopyDataRemoteWindow(CopyDataHubWindow(), 0);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(CopyDataLayout.BodyOffset, 200)];
            random.NextBytes(bytes);
            CopyDataMessage.WriteHeader(bytes, (CopyDataKind)random.Next(0, 8), (UInt128)i, (ulong)random.Next(3));
            Assert.Equal(CopyDataOutcome.Answered, hub.Send(bytes, out var answer));
            Assert.Equal(CopyDataCode.Gone, CopyDataAnswer.Decode(answer).Code);
            hub.Notify((CopyDataSignal)random.Next(1, 5), (UInt128)i);
        }

        await pair.Client.SendAsync(Bytes.Make(0, 100), Token);
        Assert.Equal(Bytes.Make(0, 100), await pair.Server.ReadExactlyAsync(100, Token).WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Send_ToAWindowThatHangs_EndsAtItsTimeoutAndOwnPumpGoesOn()
    {
        await using var pair = await ConnectionPair.OpenAsync(_endpoint, Token);
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var hung = await OpenAsync((uint message, nint _, nint _, out nint answer) =>
        {
            answer = 0;
            if (message != User32.MessageCopyData) return false;
            entered.Set();
            release.Wait(Limit);
            return true;
        });
        var target = new CopyDataRemoteWindow(hung.Handle, CopyDataHubWindow());
        var sending = Task.Run(() => target.Send(CopyDataMessage.Make(CopyDataKind.Hello, 1, 0), out _), Token);
        Assert.True(entered.Wait(Limit, Token));

        // While that one hangs.
        await pair.Client.SendAsync(Bytes.Make(0, 100), Token);
        Assert.Equal(Bytes.Make(0, 100), await pair.Server.ReadExactlyAsync(100, Token).WaitAsync(Limit, Token));
        Assert.Equal(CopyDataOutcome.TimedOut, await sending.WaitAsync(Limit, Token));
        release.Set();
    }

    [Fact]
    public async Task Connect_ToAWindowOfTheNameThatKnowsNothing_IsNobodyListens()
    {
        _windows.Add(await _pump.OpenAsync(
            CopyDataName.ClassName, new Uri(_endpoint).Host, isTopLevel: false,
            (uint _, nint _, nint _, out nint answer) =>
            {
                answer = 0;
                return false;
            }));
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(_endpoint, cancellationToken: Token));
        Assert.Equal(ConnectionError.NobodyListens, error.Error);
    }

    [Fact]
    public async Task Connect_ToAWindowOfTheNameThatHangs_EndsAtItsDeadline()
    {
        using var release = new ManualResetEventSlim();
        _windows.Add(await _pump.OpenAsync(
            CopyDataName.ClassName, new Uri(_endpoint).Host, isTopLevel: false,
            (uint message, nint _, nint _, out nint answer) =>
            {
                answer = 0;
                if (message == User32.MessageCopyData) release.Wait(Limit);
                return false;
            }));
        var options = new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(300) };
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(_endpoint, options, Token));
        Assert.Equal(ConnectionError.TimedOut, error.Error);
        release.Set();
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(4UL)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFE)]
    public void Section_UnderAHandleThatIsNone_IsNotOpened(ulong handle)
    {
        using var process = PeerProcess.TryOpen(Environment.ProcessId, duplicates: true)!;
        Assert.Null(new CopyDataSections(process).TryOpen(handle, 4096));
    }

    [Fact]
    public void Section_OfMemory_IsOpenedAndOfAFileIsNot()
    {
        using var process = PeerProcess.TryOpen(Environment.ProcessId, duplicates: true)!;
        var sections = new CopyDataSections(process);
        using var outbox = new CopyDataOutbox();
        var handle = outbox.TryCreate()!.Value;
        Assert.True(outbox.TryWrite(new([7, 8, 9])));
        using (var section = sections.TryOpen(handle, CopyDataLimits.SectionBytes))
        {
            Assert.Equal([7, 8, 9], section!.Bytes[..3].ToArray());
        }

        Assert.Null(sections.TryOpen(handle, CopyDataLimits.SectionBytes * 4));
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "section.bin");
        File.WriteAllBytes(path, new byte[8192]);
        using var file = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(path);
        Assert.Null(sections.TryOpen((ulong)file.SafeMemoryMappedFileHandle.DangerousGetHandle(), 4096));
    }

    private static nint CopyDataHubWindow() => CopyDataHub.Shared.GetAwaiter().GetResult().Window;

    private nint ListenerWindow() =>
        User32.FindWindow(User32.MessageOnly, 0, CopyDataName.ClassName, new Uri(_endpoint).Host);

    private async Task<MessageWindow> OpenAsync(WindowHandler handler)
    {
        var window = await _pump.OpenAsync("Culvert.Tests.Foreign", null, isTopLevel: false, handler);
        _windows.Add(window);
        return window;
    }

    private unsafe CopyDataCode SendRaw(byte[]? bytes, uint length, nuint tag = CopyDataLayout.Magic)
    {
        fixed (byte* pointer = bytes)
        {
            var data = new User32.CopyData { Tag = tag, Length = length, Bytes = pointer };
            nint answer = 0;
            var done = User32.SendMessageTimeout(
                ListenerWindow(), User32.MessageCopyData, 0, (nint)(&data), User32.TimeoutBlock, 5000, &answer);
            Assert.NotEqual(0, done);
            return CopyDataAnswer.Decode(answer).Code;
        }
    }
}
