using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using Culvert.Connections;
using Culvert.Transports.SharedMemory;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>One side of a ring is killed or stopped behind each step of publishing and consuming: what was published is
/// delivered, and nothing else is.</summary>
public sealed class RingStepTests : IAsyncLifetime
{
    private const int Count = 20_000; // Several rings full.

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private Listener? _listener;

    private CancellationToken Token => _limit.Token;

    public async ValueTask InitializeAsync()
    {
        _limit.CancelAfter(TimeSpan.FromSeconds(60));
        _listener = await Ipc.ListenAsync($"shm://culvert-x-{Guid.NewGuid():N}", cancellationToken: Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null) await _listener.DisposeAsync();
        _limit.Dispose();
    }

    [Theory]
    [InlineData("Claimed", 1)]
    [InlineData("Claimed", 700)]
    [InlineData("Filled", 700)]
    [InlineData("NextCleared", 700)]
    [InlineData("Published", 1)]
    [InlineData("Published", 700)]
    [InlineData("ReaderFlagTaken", 1)]
    [InlineData("WriterSleeps", 1)]
    public async Task Send_KilledOrStopped_DeliversWhatWasPublished(string step, int occurrence)
    {
        var (child, connection) = await StartAsync("ring-send", step, occurrence, isKilled: true);
        await using (child)
        await using (connection)
        {
            var (reader, waiting) = await WaitAsync(connection, child);
            var published = await PublishedAsync(child);
            Assert.Equal(published > 0, await waiting);
            Assert.Equal(published, await ReadAllAsync(reader, 0));
            Assert.Equal(CloseKind.PeerDied, (await connection.Closed.WaitAsync(Token)).Kind);
        }

        (child, connection) = await StartAsync("ring-send", step, occurrence, isKilled: false);
        await using (child)
        await using (connection)
        {
            var (reader, waiting) = await WaitAsync(connection, child);
            var published = await PublishedAsync(child);
            await StopAsync(child);
            var read = 0;
            if (waiting.IsCompleted)
            {
                // A writer that is stopped has published this much, and no part of the next.
                read = Read(reader, 0);
                Assert.Equal(published, read);
            }

            await child.ContinueAsync();
            await waiting;
            Assert.Equal(Count, await ReadAllAsync(reader, read));
            Assert.Equal($"done {Count}", await child.ReadLineAsync(Token));
        }
    }

    [Theory]
    [InlineData("Peeked", 1)]
    [InlineData("Peeked", 700)]
    [InlineData("Skipped", 700)]
    [InlineData("Releasing", 1)]
    [InlineData("Released", 1)]
    [InlineData("Released", 3)]
    [InlineData("WriterFlagTaken", 1)]
    [InlineData("ReaderSleeps", 1)]
    public async Task Receive_KilledOrStopped_LosesNothingAndTellsTheWriter(string step, int occurrence)
    {
        var (child, connection) = await StartAsync("ring-receive", step, occurrence, isKilled: true);
        await using (child)
        await using (connection)
        {
            var sending = await SendAsync(connection, child);
            await PublishedAsync(child);
            await sending.WaitAsync(Token);
            Assert.Equal(CloseKind.PeerDied, (await connection.Closed.WaitAsync(Token)).Kind);
        }

        (child, connection) = await StartAsync("ring-receive", step, occurrence, isKilled: false);
        await using (child)
        await using (connection)
        {
            var sending = await SendAsync(connection, child);
            await PublishedAsync(child);
            await StopAsync(child);
            Assert.False(connection.Closed.IsCompleted);
            await child.ContinueAsync();
            Assert.Equal(Count, await sending.WaitAsync(Token));
            await connection.Output.CompleteAsync();
            Assert.Equal($"done {Count}", await child.ReadLineAsync(Token));
        }
    }

    [Fact]
    public void Steps_EachThatHasAName_IsTested()
    {
        var tested = typeof(RingStepTests).GetMethods()
            .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>())
            .Select(data => (string)data.Data[0]!);
        Assert.Equal(Enum.GetNames<RingStep>().Order(), tested.Distinct().Order());
    }

    private async Task<(ChildPeer Child, Connection Connection)> StartAsync(
        string role, string step, int occurrence, bool isKilled)
    {
        var child = ChildPeer.Start(
            [role, _listener!.Endpoint.ToString(), step, $"{occurrence}", $"{isKilled}"], []);
        var connection = await _listener.AcceptAsync(Token);
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        return (child, connection!);
    }

    /// <summary>A reader that sleeps when the child begins.</summary>
    private async Task<(MessageReader Reader, Task<bool> Waiting)> WaitAsync(Connection connection, ChildPeer child)
    {
        var reader = connection.Messages!.Reader!;
        var waiting = reader.WaitToReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await child.NudgeAsync();
        return (reader, waiting);
    }

    /// <summary>A writer that found no room when the child begins; the task says how many were sent.</summary>
    private async Task<Task<int>> SendAsync(Connection connection, ChildPeer child)
    {
        var writer = connection.Messages!.Writer!;
        var sent = 0;
        while (TrySend(writer, sent)) sent++;
        var waiting = writer.WaitForRoomAsync(LengthOf(sent), Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await child.NudgeAsync();
        return GoOnAsync();

        async Task<int> GoOnAsync()
        {
            var hasRoom = await waiting;
            for (; hasRoom && sent < Count; sent++)
            {
                while (hasRoom && !TrySend(writer, sent))
                    hasRoom = await writer.WaitForRoomAsync(LengthOf(sent), Token);
            }

            return sent;
        }
    }

    /// <summary>What the child has said before it came to its step, and then said no more.</summary>
    private async Task<int> PublishedAsync(ChildPeer child)
    {
        var line = await child.ReadLineAsync(Token);
        Assert.StartsWith("at ", line, StringComparison.Ordinal);
        return int.Parse(line!.AsSpan(3), CultureInfo.InvariantCulture);
    }

    /// <summary>The child stands still at its step, and will go on from there.</summary>
    private static async Task StopAsync(ChildPeer child)
    {
        await child.StopAsync();
        await child.NudgeAsync();
    }

    private async Task<int> ReadAllAsync(MessageReader reader, int count)
    {
        try
        {
            while (true)
            {
                count = Read(reader, count);
                if (!await reader.WaitToReadAsync(Token)) return count;
            }
        }
        catch (ConnectionException)
        {
            return count; // The peer died.
        }
    }

    private static int Read(MessageReader reader, int count)
    {
        for (; reader.TryRead(out var message); count++)
        {
            Assert.Equal(LengthOf(count), message.Length);
            Assert.Equal(count, BinaryPrimitives.ReadInt32LittleEndian(message));
            Assert.False(message[sizeof(int)..].ContainsAnyExcept((byte)count));
            reader.Release();
        }

        return count;
    }

    private static int LengthOf(int number) => sizeof(int) + number * 7 % 300;

    private static bool TrySend(MessageWriter writer, int number)
    {
        if (!writer.TryClaim(LengthOf(number), out var place)) return false;
        place.Fill((byte)number);
        BinaryPrimitives.WriteInt32LittleEndian(place, number);
        writer.Commit(place.Length);
        writer.Flush();
        return true;
    }
}
