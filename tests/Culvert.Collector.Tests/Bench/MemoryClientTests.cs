using Culvert.Cli.Bench.Memory;
using Culvert.Connections;

namespace Culvert.Collector.Tests.Bench;

/// <summary>The measuring side of the benchmark of shared memory.</summary>
[Trait("system", "linux")]
public sealed class MemoryClientTests
{
    private const int Size = 64;
    private const int PlaceOfTheNumber = 0;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PingPong_InATimeThatHasPassed_StillMeasuresUnlessAnAnswerIsWrong(bool isWrong)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The benchmark of shared memory is of Linux.");
        await using var listener = await Ipc.ListenAsync(
            $"shm://culvert-test-{Guid.NewGuid():N}", cancellationToken: Token);
        await using var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token);
        var answering = AnswerAsync(server!.Messages!, isWrong);

        var figures = await MemoryClient.PingPongAsync(client.Messages!, Size, TimeSpan.Zero, TimeSpan.Zero)
            .WaitAsync(Limit, Token);

        Assert.Equal(isWrong, figures is null);
        if (figures is not null) Assert.All(figures, time => Assert.True(time > 0));
        await client.DisposeAsync();
        await answering.WaitAsync(Limit, Token);
    }

    private static async Task AnswerAsync(MessageChannel messages, bool isWrong)
    {
        while (await messages.ReceiveAsync(Token) is { } message)
        {
            var answer = message.ToArray();
            if (isWrong) answer[PlaceOfTheNumber]++;
            await messages.SendAsync(answer, Token);
        }
    }
}
