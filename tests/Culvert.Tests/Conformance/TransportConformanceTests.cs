// Longer than 400 lines: this is the one list of what every transport promises, and it is read as one.
using System.Buffers;
using Culvert.Connections;

namespace Culvert.Tests.Conformance;

/// <summary>The promises of every transport, in one process. Culvert.CrossProcess.Tests holds those across
/// two.</summary>
public abstract class TransportConformanceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected TransportConformanceTests() => _limit.CancelAfter(Limit);

    protected abstract TransportTraits Traits { get; }

    protected CancellationToken Token => _limit.Token;

    /// <summary>An endpoint that nobody uses.</summary>
    protected abstract string NewEndpoint();

    public virtual void Dispose()
    {
        _limit.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Stream_BothDirectionsAtOnce_EveryByteArrivesInOrder()
    {
        await using var pair = await OpenAsync();
        const int Count = 4 * 1024 * 1024;
        var all = Task.WhenAll(
            SendManyAsync(pair.Client, Count), SendManyAsync(pair.Server, Count),
            ExpectAsync(pair.Client, Count), ExpectAsync(pair.Server, Count));
        await all.WaitAsync(Limit, Token);
        if (!Traits.HasHalfClose) return;

        Assert.Equal(CloseKind.Completed, (await pair.Client.Closed.WaitAsync(Token)).Kind);
        Assert.Equal(CloseKind.Completed, (await pair.Server.Closed.WaitAsync(Token)).Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData(65536)]
    public async Task PingPong_OfEverySize_AnswersWithTheSameBytes(int size)
    {
        await using var pair = await OpenAsync();
        var echo = EchoAsync(pair.Server);
        for (var i = 0; i < 50; i++)
        {
            var bytes = Bytes.Make(i * 7, size);
            await pair.Client.SendAsync(bytes, Token);
            Assert.Equal(bytes, await pair.Client.ReadExactlyAsync(size, Token));
        }

        await EndAsync(pair.Client);
        await echo.WaitAsync(Token);
    }

    [Fact]
    public async Task Dispose_RightAfterTheLastWrite_LosesNoByte()
    {
        await using var pair = await OpenAsync();
        const int Count = 1024 * 1024;
        var reading = pair.Server.ReadToEndAsync(Token);
        await pair.Client.SendAsync(Bytes.Make(0, Count), Token);
        await pair.Client.DisposeAsync();

        Assert.Equal(Count, await reading.WaitAsync(Token));
    }

    [Fact]
    public async Task Dispose_WithBytesNeverFlushed_SendsThem()
    {
        await using var pair = await OpenAsync();
        Bytes.Make(0, 100).CopyTo(pair.Client.Output.GetMemory(100));
        pair.Client.Output.Advance(100);
        await pair.Client.DisposeAsync();

        Assert.Equal(100, await pair.Server.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Dispose_WithBytesUnreadHere_LosesNoByteSentToThePeer()
    {
        await using var pair = await OpenAsync();
        await pair.Server.SendAsync(Bytes.Make(0, 5000), Token);
        await pair.Client.SendAsync(Bytes.Make(0, 5000), Token);
        await pair.Client.DisposeAsync();

        Assert.Equal(5000, await pair.Server.ReadToEndAsync(Token));
        if (Traits.TellsCloseFromHalfClose) await ExpectReasonAsync(pair.Server, CloseKind.PeerClosed);
    }

    [Fact]
    public async Task HalfClose_ThenAnswer_ArrivesAndCompletesBoth()
    {
        Assert.SkipUnless(Traits.HasHalfClose, "The mechanism ends both directions at once.");
        await using var pair = await OpenAsync();
        await pair.Client.SendAsync(Bytes.Make(0, 1000), Token);
        await pair.Client.Output.CompleteAsync();
        Assert.Equal(1000, await pair.Server.ReadToEndAsync(Token));
        Assert.False(pair.Server.Closed.IsCompleted);

        await pair.Server.SendAsync(Bytes.Make(0, 2000), Token);
        await pair.Server.Output.CompleteAsync();
        Assert.Equal(2000, await pair.Client.ReadToEndAsync(Token));

        await ExpectReasonAsync(pair.Client, CloseKind.Completed);
        await ExpectReasonAsync(pair.Server, CloseKind.Completed);
    }

    [Fact]
    public async Task Close_WhileThePeerCouldSend_IsLocalClosedHereAndPeerClosedThere()
    {
        await using var pair = await OpenAsync();
        await pair.Client.DisposeAsync();
        await ExpectReasonAsync(pair.Client, CloseKind.LocalClosed);

        if (!Traits.TellsCloseFromHalfClose)
        {
            Assert.Equal(0, await pair.Server.ReadToEndAsync(Token));
            await SendUntilGoneAsync(pair.Server);
        }

        await ExpectReasonAsync(pair.Server, CloseKind.PeerClosed);
        Assert.Equal(0, await pair.Server.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Close_OfAPeerNobodyReads_IsToldWithoutAnyRead()
    {
        Assert.SkipUnless(Traits.TellsCloseFromHalfClose, "The mechanism cannot tell a close from a half-close.");
        await using var pair = await OpenAsync();
        await pair.Client.SendAsync(Bytes.Make(0, 10), Token);
        await pair.Client.DisposeAsync();

        await ExpectReasonAsync(pair.Server, CloseKind.PeerClosed);
        Assert.Equal(10, await pair.Server.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Abort_WhileThePeerReads_FailsItsReadWithPeerAborted()
    {
        Assert.SkipUnless(Traits.TellsAbortWithoutUnread, "The mechanism shows an abort as a close.");
        await using var pair = await OpenAsync();
        var reading = pair.Server.ReadToFailureAsync(Token);
        await pair.Client.SendAsync(Bytes.Make(0, 10), Token);
        pair.Client.Abort("The test aborts.");

        Assert.Equal(ConnectionError.Closed, (await reading.WaitAsync(Token)).Error);
        await ExpectReasonAsync(pair.Client, CloseKind.LocalAborted);
        await ExpectReasonAsync(pair.Server, CloseKind.PeerAborted);
    }

    [Fact]
    public async Task Abort_WithTheBufferFull_IsToldAsAbort()
    {
        Assert.SkipUnless(Traits.TellsAbortWithoutUnread, "The mechanism shows an abort as a close.");
        await using var pair = await OpenAsync();
        var (_, waiting) = await pair.Client.FillAsync();
        pair.Client.Abort("The test aborts.");

        Assert.True((await waiting.WaitAsync(Token)).IsCompleted);
        await pair.Server.ReadToFailureAsync(Token);
        await ExpectReasonAsync(pair.Server, CloseKind.PeerAborted);
    }

    [Fact]
    public async Task Abort_WhileThisSideReads_FailsItsOwnRead()
    {
        await using var pair = await OpenAsync();
        var reading = pair.Client.Input.ReadAsync(Token).AsTask();
        pair.Client.Abort("Enough.");

        var error = await Assert.ThrowsAsync<ConnectionException>(() => reading.WaitAsync(Token));
        Assert.Equal("Enough.", error.Message);
        await ExpectReasonAsync(pair.Client, CloseKind.LocalAborted);
    }

    [Fact]
    public async Task Dispose_WhileThisSideReads_FailsItsOwnRead()
    {
        await using var pair = await OpenAsync();
        var reading = pair.Client.Input.ReadAsync(Token).AsTask();
        await pair.Client.DisposeAsync();

        await Assert.ThrowsAsync<ConnectionException>(() => reading.WaitAsync(Token));
        await ExpectReasonAsync(pair.Client, CloseKind.LocalClosed);
    }

    [Fact]
    public async Task Flush_WhileThePeerDoesNotRead_WaitsAndMemoryIsBounded()
    {
        await using var pair = await OpenAsync();
        var (sent, waiting) = await pair.Client.FillAsync();

        Assert.InRange(sent, 1, 32 * 1024 * 1024);
        Assert.False(waiting.IsCompleted);

        var reading = pair.Server.ReadToEndAsync(Token);
        Assert.False((await waiting.WaitAsync(Token)).IsCompleted);
        await EndAsync(pair.Client);
        Assert.Equal(sent, await reading.WaitAsync(Token));
    }

    [Fact]
    public async Task Flush_Cancelled_KeepsTheBytesForTheNextFlush()
    {
        await using var pair = await OpenAsync();
        var (sent, waiting) = await pair.Client.FillAsync();
        pair.Client.Output.CancelPendingFlush();
        Assert.True((await waiting.WaitAsync(Token)).IsCanceled);

        var reading = pair.Server.ReadToEndAsync(Token);
        await pair.Client.Output.FlushAsync(Token);
        await EndAsync(pair.Client);
        Assert.Equal(sent, await reading.WaitAsync(Token));
    }

    [Fact]
    public async Task Flush_WhenThePeerIsGone_SaysSo()
    {
        await using var pair = await OpenAsync();
        await pair.Server.DisposeAsync();
        await SendUntilGoneAsync(pair.Client);
    }

    [Fact]
    public async Task Dispose_WhileTheBufferIsFull_GivesUpAfterTheLingerTime()
    {
        await using var pair = await OpenAsync();
        var (_, waiting) = await pair.Client.FillAsync();
        await pair.Client.DisposeAsync().AsTask().WaitAsync(Limit, Token);

        Assert.True((await waiting.WaitAsync(Token)).IsCompleted);
        await ExpectReasonAsync(pair.Client, CloseKind.LocalAborted);
    }

    [Fact]
    public async Task Dispose_ManyTimesAndFromManyThreads_IsTheSameAsOnce()
    {
        await using var pair = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await pair.Client.DisposeAsync();
            pair.Client.Abort("Too late.");
            await pair.Client.DisposeAsync();
        }))).WaitAsync(Limit, Token);
        if (!pair.HasListener) return;
        await pair.Listener.DisposeAsync();
        await pair.Listener.DisposeAsync();
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        await using var pair = await OpenAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reading = pair.Server.Input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Token));

        var second = pair.Server.Input.ReadAsync(Token).AsTask();
        pair.Server.Input.CancelPendingRead();
        var cancelled = await second.WaitAsync(Token);
        Assert.True(cancelled.IsCanceled);
        pair.Server.Input.AdvanceTo(cancelled.Buffer.Start);

        await pair.Client.SendAsync(Bytes.Make(0, 100), Token);
        await EndAsync(pair.Client);
        Assert.Equal(100, await pair.Server.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Read_InSmallBites_SeesEveryByteOnce()
    {
        await using var pair = await OpenAsync();
        await pair.Client.SendAsync(Bytes.Make(0, 20_000), Token);
        await EndAsync(pair.Client);

        // Consumes little and examines all, so that each read must bring more.
        var seen = new List<byte>();
        while (true)
        {
            var result = await pair.Server.Input.ReadAsync(Token);
            var bite = result.Buffer.Slice(0, Math.Min(777, result.Buffer.Length));
            seen.AddRange(bite.ToArray());
            if (result.IsCompleted && result.Buffer.Length == bite.Length) break;
            pair.Server.Input.AdvanceTo(bite.End, result.IsCompleted ? bite.End : result.Buffer.End);
        }

        Assert.Equal(Bytes.Make(0, 20_000), seen);
    }

    [Fact]
    public async Task Accept_WithSilentAndDyingClients_ServesTheOthers()
    {
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        var silent = new List<Connection>();
        for (var i = 0; i < 20; i++)
        {
            var connection = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
            if (i % 2 == 0) silent.Add(connection);
            else connection.Abort("Dies in the handshake.");
        }

        await using var good = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await good.SendAsync(Bytes.Make(0, 5), Token);
        var served = new List<Connection>();
        var answers = new List<Task<bool>>();
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Whether those that died are accepted, and in which order, is the mechanism's.
        while (!found.Task.IsCompleted)
        {
            var accepting = listener.AcceptAsync(Token).AsTask();
            if (await Task.WhenAny(accepting, found.Task).WaitAsync(Token) != accepting) break;
            var connection = (await accepting)!;
            served.Add(connection);
            answers.Add(IsGoodAsync(connection));
        }

        foreach (var connection in silent.Concat(served)) await connection.DisposeAsync();
        await Task.WhenAll(answers).WaitAsync(Token);

        async Task<bool> IsGoodAsync(Connection connection)
        {
            try
            {
                var result = await connection.Input.ReadAtLeastAsync(5, Token);
                if (result.Buffer.Length >= 5) found.TrySetResult();
                return result.Buffer.Length >= 5;
            }
            catch (ConnectionException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Accept_Cancelled_LosesNoConnection()
    {
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var accepting = listener.AcceptAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Token));

        await using var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token);
        Assert.NotNull(server);
    }

    [Fact]
    public async Task Unbind_WhileAccepting_ReturnsNullAndKeepsWhatWasAccepted()
    {
        await using var pair = await OpenAsync();
        var accepting = pair.Listener.AcceptAsync(Token).AsTask();
        await pair.Listener.UnbindAsync();
        Assert.Null(await accepting.WaitAsync(Token));

        await pair.Client.SendAsync(Bytes.Make(0, 9), Token);
        Assert.Equal(Bytes.Make(0, 9), await pair.Server.ReadExactlyAsync(9, Token));
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(pair.Listener.Endpoint, cancellationToken: Token));
        var expected = Traits.ConnectionsKeepName ? ConnectionError.Busy : ConnectionError.NobodyListens;
        Assert.Equal(expected, error.Error);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_SaysSoAtOnce()
    {
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        var endpoint = listener.Endpoint;
        await listener.DisposeAsync();

        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(endpoint, cancellationToken: Token));
        Assert.Equal(ConnectionError.NobodyListens, error.Error);
        Assert.Contains(endpoint.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Cancelled_Throws()
    {
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task Bind_WhereSomebodyListens_IsAddressInUseAndHarmsNothing()
    {
        if (Traits.TakesNamesBecause is { } reason) Assert.Skip(reason);
        await using var pair = await OpenAsync();
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync(pair.Listener.Endpoint, cancellationToken: Token));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);

        // The probe of the second may have left a connection that ended at once; the next client is served all the
        // same.
        await using var client = await Ipc.ConnectAsync(pair.Listener.Endpoint, cancellationToken: Token);
        await client.SendAsync(Bytes.Make(0, 1), Token);
        while (true)
        {
            await using var server = await pair.Listener.AcceptAsync(Token);
            var result = await server!.Input.ReadAsync(Token);
            if (result.Buffer.Length == 1) break;
        }
    }

    [Fact]
    public async Task Bind_AfterUnbind_TakesTheSameName()
    {
        var first = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        await first.DisposeAsync();
        await using var second = await Ipc.ListenAsync(first.Endpoint, cancellationToken: Token);
        Assert.Equal(first.Endpoint, second.Endpoint);
    }

    [Fact]
    public async Task Peer_OnBothSides_IsThisProcess()
    {
        await using var pair = await OpenAsync();
        foreach (var peer in new[] { pair.Client.Peer, pair.Server.Peer })
        {
            Assert.True(peer.IsLocal);
            if (!Traits.HasIdentity) continue;
            Assert.Equal(Environment.ProcessId, peer.ProcessId);
            Assert.Equal(Environment.UserName, peer.UserName);
            Assert.Equal(Environment.ProcessPath, peer.ExecutablePath);
            if (!OperatingSystem.IsWindows()) continue;
            Assert.Equal(TestUser.Sid, peer.UserSid);
            Assert.Equal(TestUser.SessionId, peer.SessionId);
            Assert.True(peer.Integrity >= IntegrityLevel.Low, $"{peer.Integrity} is no level of a test.");
        }
    }

    [Fact]
    public async Task Continuation_ThatBlocks_DelaysItsOwnConnectionOnly()
    {
        const int Blocked = 8;
        await using var listener = await ListenAsync();
        using var release = new ManualResetEventSlim();
        using var entered = new CountdownEvent(Blocked);
        var pairs = new List<(Connection Client, Connection Server)>();
        var blocked = new List<Task>();
        for (var i = 0; i < Blocked; i++)
        {
            var (client, server) = await AddAsync();
            blocked.Add(BlockAsync(server));
            await client.SendAsync(Bytes.Make(0, 1), Token);
        }

        Assert.True(await Task.Run(() => entered.Wait(Limit)), "Not every continuation was run while others blocked.");
        var (goodClient, goodServer) = await AddAsync();
        var echo = EchoAsync(goodServer);
        for (var i = 0; i < 20; i++)
        {
            await goodClient.SendAsync(Bytes.Make(i, 64), Token);
            Assert.Equal(Bytes.Make(i, 64), await goodClient.ReadExactlyAsync(64, Token));
        }

        release.Set();
        await Task.WhenAll(blocked).WaitAsync(Token);
        await goodClient.DisposeAsync();

        // The echo still writes until it has heard of the end, so its side is disposed after it.
        await echo.WaitAsync(Token);
        foreach (var (client, server) in pairs)
        {
            await client.DisposeAsync();
            await server.DisposeAsync();
        }

        async Task<(Connection Client, Connection Server)> AddAsync()
        {
            var pair = await ConnectAsync(listener);
            pairs.Add(pair);
            return pair;
        }

        async Task BlockAsync(Connection connection)
        {
            await connection.Input.ReadAsync(Token).ConfigureAwait(false);
            entered.Signal();
            release.Wait(Limit);
        }
    }

    [Fact]
    public async Task Frames_FromHostileClients_EndTypedAndTheOthersGoOn()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var listener = await ListenAsync();
        await using var good = await OpenEchoAsync();
        for (var round = 0; round < 10; round++)
        {
            // Noise: what it means is chance; whatever it is, it harms its own connection alone.
            await using var noise = await OpenEchoAsync();
            await noise.SendAsync(Noise(random));
            await EndAsync(noise.Client);

            // A length that lies, and reserved bytes that are not zero: told at the header, before any payload comes.
            await using var lie = await OpenEchoAsync();
            var length = (uint)random.NextInt64(FrameEcho.PayloadBytesMax + 1, 1L << 32);
            await lie.SendAsync(FrameEcho.Header(length, 0));
            await using var reserved = await OpenEchoAsync();
            await reserved.SendAsync(FrameEcho.Header(3, (ushort)random.Next(1, 1 << 16)));

            // A part of a frame, and then the end: clean, or by an abort.
            byte[] frame = [.. FrameEcho.Header(1000, 0), .. Bytes.Make(0, 1000)];
            await using var half = await OpenEchoAsync();
            await half.SendAsync(frame.AsMemory(0, random.Next(1, frame.Length)));
            await EndAsync(half.Client);
            await using var dead = await OpenEchoAsync();
            await dead.SendAsync(frame.AsMemory(0, random.Next(1, frame.Length)));
            dead.Client.Abort("It dies in the middle of a frame.");

            await good.AskAsync(Bytes.Make(round, random.Next(1, FrameEcho.PayloadBytesMax)));
            Assert.Equal(FrameEchoEnd.Violation, await lie.EndAsync());
            Assert.Equal(FrameEchoEnd.Violation, await reserved.EndAsync());
            Assert.Equal(FrameEchoEnd.CutOff, await half.EndAsync());
            Assert.NotEqual(FrameEchoEnd.Whole, await dead.EndAsync());
            // Whatever it was, it is one of the ends that there are.
            await noise.EndAsync();
        }

        await using var late = await OpenEchoAsync();
        await late.AskAsync(Bytes.Make(0, 100));
        await good.AskAsync(Bytes.Make(0, 100));

        async Task<FrameEcho> OpenEchoAsync()
        {
            var (client, server) = await ConnectAsync(listener);
            return new FrameEcho(client, server, Token);
        }

        static byte[] Noise(Random random)
        {
            var bytes = new byte[random.Next(1, 20_000)];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    /// <summary>A listener, or null where connections come about without one.</summary>
    protected virtual async Task<Listener?> ListenAsync() =>
        await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);

    /// <summary>One connection, both ends; nobody else may connect meanwhile.</summary>
    protected virtual async Task<(Connection Client, Connection Server)> ConnectAsync(Listener? listener)
    {
        var accepting = listener!.AcceptAsync(Token);
        var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        return (client, (await accepting)!);
    }

    protected async Task<ConnectionPair> OpenAsync()
    {
        var listener = await ListenAsync().WaitAsync(Limit, Token);
        var (client, server) = await ConnectAsync(listener).WaitAsync(Limit, Token);
        return new ConnectionPair(listener, client, server);
    }

    protected async Task ExpectReasonAsync(Connection connection, CloseKind kind)
    {
        var reason = await connection.Closed.WaitAsync(Token);
        Assert.Equal(kind, reason.Kind);
        Assert.NotEmpty(reason.Message);
    }

    protected async Task EchoAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var result = await connection.Input.ReadAsync(Token).ConfigureAwait(false);
                foreach (var memory in result.Buffer) connection.Output.Write(memory.Span);
                connection.Input.AdvanceTo(result.Buffer.End);
                await connection.Output.FlushAsync(Token).ConfigureAwait(false);
                if (result.IsCompleted) break;
            }
        }
        catch (ConnectionException)
        {
            // The test has closed this side.
        }

        await connection.DisposeAsync();
    }

    private async Task SendUntilGoneAsync(Connection connection)
    {
        while (!(await connection.Output.WriteAsync(new byte[1024], Token)).IsCompleted)
        {
            await Task.Yield();
        }
    }

    private async Task SendManyAsync(Connection connection, int count)
    {
        var random = new Random(count);
        for (var sent = 0; sent < count;)
        {
            var size = Math.Min(random.Next(1, 200_000), count - sent);
            await connection.SendAsync(Bytes.Make(sent, size), Token);
            sent += size;
        }

        if (Traits.HasHalfClose) await connection.Output.CompleteAsync();
    }

    private async Task ExpectAsync(Connection connection, int count)
    {
        if (Traits.HasHalfClose) Assert.Equal(count, await connection.ReadToEndAsync(Token));
        else Assert.Equal(Bytes.Make(0, count), await connection.ReadExactlyAsync(count, Token));
    }

    /// <summary>Sends no more, in the mildest way that the mechanism has.</summary>
    private async Task EndAsync(Connection connection)
    {
        if (Traits.HasHalfClose) await connection.Output.CompleteAsync();
        else await connection.DisposeAsync();
    }
}
