using Culvert.Connections;
using Culvert.Tests.Conformance;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>Whole messages where they lie in the ring: claim and commit, read and release.</summary>
public sealed class SharedMessageTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private ConnectionPair? _pair;

    private CancellationToken Token => _limit.Token;

    private MessageWriter Writer => _pair!.Client.Messages!.Writer!;

    private MessageReader Reader => _pair!.Server.Messages!.Reader!;

    public async ValueTask InitializeAsync()
    {
        _limit.CancelAfter(Limit);
        _pair = await ConnectionPair.OpenAsync($"shm://culvert-test-{Guid.NewGuid():N}", Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task Messages_OfAnyLengths_ArriveWholeAndInOrder()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, 20_000)
            .Select(_ => random.Next(50) == 0 ? random.Next(Writer.LengthMax + 1) : random.Next(300)).ToArray();
        var sending = Task.Run(() => SendAllAsync(sizes), Token);
        for (var i = 0; i < sizes.Length;)
        {
            Assert.True(await Reader.WaitToReadAsync(Token));
            i = TakeAll(sizes, i);
        }

        await sending.WaitAsync(Token);
        Assert.False(await Reader.WaitToReadAsync(Token));
    }

    [Fact]
    public async Task Claim_WithoutCommit_IsNeverDelivered()
    {
        Send([1, 2, 3]);
        Assert.True(Writer.TryClaim(100, out var given));
        given.Fill(7);
        Assert.True(Writer.TryClaim(100, out var up));
        up.Fill(8);
        Writer.Flush();
        await _pair!.Client.DisposeAsync();

        Assert.True(await Reader.WaitToReadAsync(Token));
        Assert.Equal([1, 2, 3], Take());
        Assert.False(await Reader.WaitToReadAsync(Token));
        Assert.Equal(CloseKind.PeerClosed, (await _pair.Server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public void Commit_MoreThanClaimedOrTwice_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Writer.Commit(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.TryClaim(Writer.LengthMax + 1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.TryClaim(-1, out _));
        Assert.True(Writer.TryClaim(10, out _));
        Assert.Throws<InvalidOperationException>(() => Writer.Commit(11));
        Assert.Throws<InvalidOperationException>(() => Writer.Commit(-1));
        Writer.Commit(4);
        Assert.Throws<InvalidOperationException>(() => Writer.Commit(4));
        Assert.Equal(4, Take().Length);
    }

    [Fact]
    public async Task WaitForRoom_WhenFull_CompletesOnceTheReaderReleases()
    {
        var count = FillUp(10_000);
        var waiting = Writer.WaitForRoomAsync(10_000, Token).AsTask();
        Assert.False(waiting.IsCompleted);
        for (var i = 0; i < count; i++) Assert.Equal(10_000, ReadLength());
        Assert.False(Reader.TryRead(out _));
        Assert.False(waiting.IsCompleted); // What is held is not given back by being read.
        Reader.Release();
        Assert.True(await waiting.WaitAsync(Token));
        Assert.True(Writer.TryClaim(10_000, out _));
    }

    [Fact]
    public async Task WaitForRoom_Cancelled_LeavesEverythingAsItWas()
    {
        var count = FillUp(1000);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Writer.WaitForRoomAsync(1000, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
        for (var i = 0; i < count; i++) Assert.Equal(1000, Take().Length);
        Assert.True(await Writer.WaitForRoomAsync(1000, Token));
        Send([9]);
        await _pair!.Client.DisposeAsync();
        Assert.True(await Reader.WaitToReadAsync(Token));
        Assert.Equal([9], Take());
    }

    [Fact]
    public async Task WaitToRead_Cancelled_LosesNothing()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Reader.WaitToReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
        Send([1]);
        Assert.Equal([1], Take());
        var next = Reader.WaitToReadAsync(Token).AsTask();
        Send([2]);
        Assert.True(await next.WaitAsync(Token));
        Assert.Equal([2], Take());
    }

    [Fact]
    public async Task WaitToRead_WhenAMessageComes_ContinuesOnTheThreadThatHeardOfIt()
    {
        var heard = ReceiveAsync();
        Send([1]);
        var name = OperatingSystem.IsWindows() ? "Culvert completions" : "Culvert poller";
        Assert.Equal(name, await heard.WaitAsync(Token));

        async Task<string?> ReceiveAsync()
        {
            Assert.True(await Reader.WaitToReadAsync(Token).ConfigureAwait(false));
            return Thread.CurrentThread.Name;
        }
    }

    [Fact]
    public async Task Continuation_ThatBlocks_DelaysItsOwnConnectionOnly()
    {
        const int Blocked = 8; // More than there are pollers.
        using var release = new ManualResetEventSlim();
        using var entered = new CountdownEvent(Blocked);
        var pairs = new List<ConnectionPair>();
        var blocking = new List<Task>();
        try
        {
            for (var i = 0; i < Blocked; i++)
            {
                var pair = await ConnectionPair.OpenAsync($"shm://culvert-test-{Guid.NewGuid():N}", Token);
                pairs.Add(pair);
                blocking.Add(BlockAsync(pair.Server));
                Send(pair.Client, [1]);
            }

            Assert.True(entered.Wait(Limit, Token));
            var heard = _pair!.Server.Messages!.ReceiveAsync(Token).AsTask();
            Send([9]);
            Assert.Equal([9], (await heard.WaitAsync(Token))!.Value.ToArray());
        }
        finally
        {
            release.Set();
            await Task.WhenAll(blocking);
            foreach (var pair in pairs) await pair.DisposeAsync();
        }

        async Task BlockAsync(Connection connection)
        {
            await connection.Messages!.Reader!.WaitToReadAsync(Token).ConfigureAwait(false);
            entered.Signal();
            release.Wait(Token);
        }
    }

    [Fact]
    public async Task Complete_AfterMessages_EndsThemInGoodOrder()
    {
        Send([1]);
        await _pair!.Client.Output.CompleteAsync();
        Assert.False(Writer.TryClaim(1, out _));
        Assert.False(await Writer.WaitForRoomAsync(1, Token));
        Assert.True(await Reader.WaitToReadAsync(Token));
        Assert.Equal([1], Take());
        Assert.False(await Reader.WaitToReadAsync(Token));
        await _pair.Server.Messages!.SendAsync(new byte[] { 5 }, Token); // The other way goes on.
        Assert.Equal([5], (await _pair.Client.Messages!.ReceiveAsync(Token))!.Value.ToArray());
    }

    [Fact]
    public async Task WaitForRoom_ThePeerGoes_IsFalse()
    {
        FillUp(1000);
        var waiting = Writer.WaitForRoomAsync(1000, Token).AsTask();
        await _pair!.Server.DisposeAsync();
        Assert.False(await waiting.WaitAsync(Token));
        await Assert.ThrowsAsync<ConnectionException>(
            () => _pair.Client.Messages!.SendAsync(new byte[1000], Token).AsTask().WaitAsync(Token));
    }

    [Fact]
    public async Task WaitToRead_ThePeerAborts_Throws()
    {
        var waiting = Reader.WaitToReadAsync(Token).AsTask();
        _pair!.Client.Abort("Enough.");
        await Assert.ThrowsAsync<ConnectionException>(() => waiting.WaitAsync(Token));
    }

    [Fact]
    public async Task WaitToRead_ThePeerWritesBytesInParts_ClosesWithTheReason()
    {
        var waiting = Reader.WaitToReadAsync(Token).AsTask();
        var writing = _pair!.Client.Output.WriteAsync(new byte[1 << 19], Token).AsTask();
        await Assert.ThrowsAsync<ConnectionException>(() => waiting.WaitAsync(Token));
        Assert.Equal(CloseKind.ProtocolViolation, (await _pair.Server.Closed.WaitAsync(Token)).Kind);
        await writing.WaitAsync(Token);
    }

    [Fact]
    public async Task Writer_OfAnOutputThatHoldsBytes_IsRefused()
    {
        _pair!.Client.Output.GetSpan(1)[0] = 1;
        _pair.Client.Output.Advance(1);
        Assert.Throws<InvalidOperationException>(() => Writer);
        Send(_pair.Server, [3]);
        Assert.Throws<InvalidOperationException>(() => _pair.Server.Output.GetSpan(1));
        Assert.Equal([3], (await _pair.Client.Messages!.ReceiveAsync(Token))!.Value.ToArray());
    }

    [Fact]
    public async Task Output_AfterTheWriterWasTaken_IsRefusedAndEndsAllTheSame()
    {
        Send([1]);
        var output = _pair!.Client.Output;
        foreach (var use in (Action[])[
            () => output.GetSpan(1), () => output.GetMemory(1), () => _ = output.FlushAsync(Token),
            () => _ = output.WriteAsync(new byte[1], Token)])
        {
            Assert.Contains(
                "Messages.Writer", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal);
        }

        Send([2]);
        await output.CompleteAsync().AsTask().WaitAsync(Token);
        Assert.Equal([1], (await _pair.Server.Messages!.ReceiveAsync(Token))!.Value.ToArray());
        Assert.Equal([2], (await _pair.Server.Messages.ReceiveAsync(Token))!.Value.ToArray());
        Assert.Null(await _pair.Server.Messages.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Input_AfterTheReaderWasTaken_IsRefusedAndTheReaderGoesOn()
    {
        var waiting = Reader.WaitToReadAsync(Token).AsTask();
        var input = _pair!.Server.Input;
        foreach (var use in (Action[])[() => _ = input.ReadAsync(Token), () => input.TryRead(out _)])
        {
            Assert.Contains(
                "Messages.Reader", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal);
        }

        Send([1]);
        Assert.True(await waiting.WaitAsync(Token));
        Assert.Equal([1], Take());
        input.Complete();
    }

    [Fact]
    public async Task Reader_OfAnInputThatWaitsOrHoldsBytes_IsRefused()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = _pair!.Server.Input.ReadAsync(cancel.Token).AsTask();
        Assert.Throws<InvalidOperationException>(() => Reader);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));

        var other = _pair.Client;
        await _pair.Server.Output.WriteAsync(new byte[] { 1, 2 }, Token);
        var result = await other.Input.ReadAsync(Token).AsTask().WaitAsync(Token);
        Assert.Throws<InvalidOperationException>(() => other.Messages!.Reader);
        other.Input.AdvanceTo(result.Buffer.End);
        Assert.NotNull(other.Messages!.Reader); // What was read as bytes is consumed: the rest may be messages.
        Assert.NotNull(Reader);
    }

    [Fact]
    public async Task SendAndReceive_ByCopies_KeepMessagesApart()
    {
        var (client, server) = (_pair!.Client.Messages!, _pair.Server.Messages!);
        int[] sizes = [1, 0, 0, 100, 4096, 65_536, client.MessageBytesMax, 7];
        var sending = Task.Run(
            async () =>
            {
                foreach (var size in sizes) await client.SendAsync(Bytes.Make(size, size), Token);
                await _pair.Client.DisposeAsync();
            },
            Token);
        foreach (var size in sizes)
        {
            Assert.Equal(Bytes.Make(size, size), (await server.ReceiveAsync(Token))!.Value.ToArray());
        }

        Assert.Null(await server.ReceiveAsync(Token));
        await sending.WaitAsync(Token);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await server.SendAsync(new byte[server.MessageBytesMax + 1], Token));
    }

    [Fact]
    public async Task Receive_LongerThanTheMost_ClosesTheConnection()
    {
        _pair!.Server.Messages!.MessageBytesMax = 10;
        await _pair.Client.Messages!.SendAsync(new byte[11], Token);
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await _pair.Server.Messages.ReceiveAsync(Token));
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
    }

    private static void Send(Connection connection, ReadOnlySpan<byte> bytes)
    {
        var writer = connection.Messages!.Writer!;
        Assert.True(writer.TryClaim(bytes.Length, out var place));
        bytes.CopyTo(place);
        writer.Commit(bytes.Length);
        writer.Flush();
    }

    private void Send(ReadOnlySpan<byte> bytes) => Send(_pair!.Client, bytes);

    private int ReadLength() => Reader.TryRead(out var message) ? message.Length : -1;

    private byte[] Take()
    {
        Assert.True(Reader.TryRead(out var message));
        var bytes = message.ToArray();
        Reader.Release();
        return bytes;
    }

    private int FillUp(int length)
    {
        var count = 0;
        for (; Writer.TryClaim(length, out _); count++) Writer.Commit(length);
        return count;
    }

    private async Task SendAllAsync(int[] sizes)
    {
        var writer = Writer;
        foreach (var size in sizes)
        {
            while (!TrySend(writer, size)) Assert.True(await writer.WaitForRoomAsync(size, Token));
        }

        await _pair!.Client.Output.CompleteAsync();
    }

    private static bool TrySend(MessageWriter writer, int size)
    {
        if (!writer.TryClaim(size, out var place)) return false;
        place.Fill((byte)size);
        writer.Commit(size);
        writer.Flush();
        return true;
    }

    private int TakeAll(int[] sizes, int at)
    {
        for (; Reader.TryRead(out var message); at++)
        {
            Assert.Equal(sizes[at], message.Length);
            Assert.False(message.ContainsAnyExcept((byte)sizes[at]));
            if (at % 3 == 0) Reader.Release();
        }

        return at;
    }
}
