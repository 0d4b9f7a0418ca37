using System.Buffers;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.Links;

public sealed class StreamHalfTests
{
    private const int BytesMax = 200_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Send_BesideAReceive_KeepsEveryByteInOrder()
    {
        const int Total = 20_000_000;
        var seed = Random.Shared.Next();
        var half = new StreamHalf(BytesMax, BytesMax / 2);
        var cancellation = TestContext.Current.CancellationToken;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        var sending = Task.Run(() => SendAll(half, Total, new Random(seed), deadline.Token), cancellation);
        var wrongAt = await Task.Run(() => FindWrong(half, Total, new Random(seed + 1), deadline.Token), cancellation);
        await sending.WaitAsync(Deadline, cancellation);
        Assert.True(wrongAt < 0, $"Seed {seed}: the byte at {wrongAt} is wrong.");
    }

    [Fact]
    public void Send_IntoAFullHalf_TakesWhatFitsAndTellsOfRoomAtTheThreshold()
    {
        var half = new StreamHalf(bytesMax: 10_000, roomBytesMin: 5_000);
        Assert.Equal(10_000, half.Send(new byte[12_000]));
        Assert.Equal(LinkResult.WouldBlock, half.Send(new byte[1]));
        half.Receive(new byte[4_999], out var early);
        Assert.False(early);
        half.Receive(new byte[1], out var madeRoom);
        Assert.True(madeRoom);
        half.Receive(new byte[1], out var again);
        Assert.False(again);
    }

    [Fact]
    public void Send_AfterAReceiveFoundNothing_IsAwaitedOnce()
    {
        var half = new StreamHalf(BytesMax);
        Assert.Equal(LinkResult.WouldBlock, half.Receive(new byte[10], out _));
        half.Send(new ReadOnlySequence<byte>([1]), out var first);
        half.Send(new ReadOnlySequence<byte>([2]), out var second);
        Assert.True(first);
        Assert.False(second);
        Assert.Equal(2, half.Receive(new byte[10], out _));
        half.Send(new ReadOnlySequence<byte>([3]), out var unasked);
        Assert.False(unasked);
    }

    [Fact]
    public void Receive_AfterTheEnd_GivesWhatIsThereAndThenTheEnd()
    {
        var half = new StreamHalf(BytesMax);
        half.Send("last"u8);
        half.End();
        Assert.Equal(4, half.Receive(new byte[10], out _));
        Assert.Equal(LinkResult.End, half.Receive(new byte[10], out _));
        Assert.Equal(LinkResult.Broken, half.Send("more"u8));
    }

    [Fact]
    public void Send_AfterDiscard_IsBroken()
    {
        var half = new StreamHalf(BytesMax);
        half.Send("unread"u8);
        half.Discard();
        Assert.Equal(LinkResult.Broken, half.Send("more"u8));
    }

    private static byte ByteAt(int position) => (byte)(position * 31 + position / 251);

    private static void SendAll(StreamHalf half, int total, Random random, CancellationToken cancellation)
    {
        var buffer = new byte[150_000];
        for (var sent = 0; sent < total;)
        {
            var lengthMax = random.Next(4) == 0 ? buffer.Length : 300;
            var length = Math.Min(random.Next(1, lengthMax), total - sent);
            for (var i = 0; i < length; i++) buffer[i] = ByteAt(sent + i);
            var count = random.Next(2) == 0
                ? half.Send(buffer.AsSpan(0, length))
                : half.Send(new ReadOnlySequence<byte>(buffer, 0, length), out _);
            if (count > 0) sent += count;
            else Yield(cancellation);
        }
    }

    private static int FindWrong(StreamHalf half, int total, Random random, CancellationToken cancellation)
    {
        var buffer = new byte[100_000];
        for (var received = 0; received < total;)
        {
            var count = half.Receive(buffer.AsSpan(0, random.Next(1, buffer.Length)), out _);
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] != ByteAt(received + i)) return received + i;
            }

            if (count > 0) received += count;
            else Yield(cancellation);
        }

        return -1;
    }

    private static void Yield(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Thread.Yield();
    }
}
