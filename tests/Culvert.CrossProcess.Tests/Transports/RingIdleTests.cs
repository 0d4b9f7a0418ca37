using System.Globalization;
using Culvert.Connections;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>Many connections over shared memory that say nothing cost no processor and hardly a thread.</summary>
public sealed class RingIdleTests
{
    private const int Connections = 1000;
    private const int PollersMax = 4;

    /// <summary>What the runtime's own timers and collector may take of a second, and far below what one thread that
    /// looks again would.</summary>
    private const int IdleMsMax = 50;

    /// <summary>A poller that was added while a busy machine held the others up leaves after ten seconds without
    /// work, and the runtime compiles for a while.</summary>
    private const int SecondsMax = 20;

    [Fact]
    public async Task Connections_AThousandThatAreIdle_UseNoProcessorAndFewThreads()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        var endpoint = $"shm://culvert-x-{Guid.NewGuid():N}";
        await using var child = ChildPeer.Start("ring-idle", endpoint);
        Assert.Equal("ready", await child.ReadLineAsync(limit.Token));
        var connections = new List<Connection>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var connection = await Ipc.ConnectAsync(endpoint, cancellationToken: limit.Token);
                connections.Add(connection);
                await EchoAsync(connection, limit.Token);
            }

            var (pollers, idleMs) = (int.MaxValue, int.MaxValue);
            for (var i = 0; i < SecondsMax && (idleMs > IdleMsMax || pollers > PollersMax); i++)
            {
                await child.NudgeAsync();
                var words = (await child.ReadLineAsync(limit.Token))!.Split(' ');
                pollers = int.Parse(words[1], CultureInfo.InvariantCulture);
                idleMs = int.Parse(words[2], CultureInfo.InvariantCulture);
            }

            Assert.InRange(pollers, 1, PollersMax);
            TestContext.Current.TestOutputHelper?.WriteLine($"{idleMs} ms of a second");
            Assert.InRange(idleMs, 0, IdleMsMax);
            await EchoAsync(connections[Connections / 2], limit.Token);
        }
        finally
        {
            foreach (var connection in connections) await connection.DisposeAsync();
        }
    }

    private static async Task EchoAsync(Connection connection, CancellationToken token)
    {
        await connection.Messages!.SendAsync(new byte[] { 7 }, token);
        Assert.Equal([7], (await connection.Messages.ReceiveAsync(token))!.Value.ToArray());
    }
}
