using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.CopyData;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>The stream over messages that are late, lost and doubled, and from a peer that lies. Runs on every
/// system.</summary>
public sealed class CopyDataStreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly Endpoint Endpoint = Endpoint.Parse("copydata://test");

    private CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 2_000_000)]
    [InlineData(false, 300_000)]
    public async Task Stream_OverLateAndDoubledMessages_ArrivesOnceAndInOrder(bool hasSections, int count)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (sender, receiver, window) = Connect(random, hasSections);

        var reading = receiver.ReadToEndAsync(Token);
        for (var sent = 0; sent < count;)
        {
            var size = Math.Min(random.Next(2) == 0 ? random.Next(1, 400_000) : random.Next(1, 20_000), count - sent);
            await sender.SendAsync(Bytes.Make(sent, size), Token).WaitAsync(Limit, Token);
            sent += size;
        }

        await sender.Output.CompleteAsync().AsTask().WaitAsync(Limit, Token);
        Assert.Equal(count, await reading.WaitAsync(Limit, Token));
        Assert.True(window.Repeats > 0, "Nothing was doubled.");
    }

    [Fact]
    public async Task Message_WithANumberThatSkips_EndsTheConnectionAndNothingElse()
    {
        var (_, receiver, window) = Connect(new Random(1), hasSections: false);
        var message = Data(sequence: 5, [1, 2, 3]);
        Assert.True(CopyDataMessage.TryRead(message, out var read));
        Assert.Equal(CopyDataCode.Broken, CopyDataAnswer.Decode(window.Target.OnMessage(read, 0)).Code);

        Assert.Equal(CloseKind.Failed, (await receiver.Closed.WaitAsync(Limit, Token)).Kind);
        await receiver.ReadToFailureAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_WhileThePeerSends_IsToldBeforeAnyAnswerSaysGone(bool isAbort)
    {
        var peer = new AskingWindow();
        var link = new CopyDataLink(peer, 1, new FakeHome());
        peer.Target = link;
        if (isAbort) link.Abort();
        else link.Close();
        Assert.Equal(isAbort ? CopyDataSignal.Aborted : CopyDataSignal.Closed, peer.Told);
        Assert.Equal(CopyDataCode.Taken, peer.AnswerWhenTold);
        Assert.Equal(CopyDataCode.Gone, peer.Ask(2));
    }

    [Fact]
    public void Bulk_WithoutASectionOrBeyondIt_IsNeverRead()
    {
        var input = new CopyDataInput(new FakeHome { Peer = new FakeHome() });
        Assert.Equal(CopyDataCode.NoSection, Take(input, Bulk(1, 100)).Code);
        Assert.Equal(CopyDataCode.Taken, Take(input, CopyDataMessage.MakeSection(1, 77, 1000)).Code);
        Assert.Equal(CopyDataCode.Broken, Take(input, Bulk(1, 1001)).Code);
        Assert.Equal(new CopyDataAnswer(CopyDataCode.Taken, 1000), Take(input, Bulk(1, 1000)));
    }

    [Fact]
    public void Take_OfRandomMessages_HoldsNoMoreThanItsLimit()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var input = new CopyDataInput(new FakeHome { Peer = new FakeHome() });
        long held = 0;
        ulong next = 1;
        var buffer = new byte[70_000];
        for (var i = 0; i < 5000; i++)
        {
            var sequence = random.Next(3) == 0 ? (ulong)random.Next(1, 10) : next;
            var bytes = random.Next(4) switch
            {
                0 => CopyDataMessage.MakeSection(1, 1, (uint)random.Next(1, CopyDataLimits.SectionBytes)),
                1 => Bulk(sequence, (uint)random.Next(1, CopyDataLimits.SectionBytes)),
                _ => Data(sequence, new byte[random.Next(1, CopyDataLimits.PayloadBytesMax)]),
            };
            var answer = Take(input, bytes);
            if (sequence == next && answer.Count > 0)
            {
                held += answer.Count;
                next++;
            }

            Assert.InRange(held, 0, CopyDataLimits.QueueBytesMax);
            if (random.Next(10) == 0) held -= Math.Max(input.Receive(buffer, out _), 0);
        }
    }

    [Fact]
    public void Send_ToAPeerThatAnswersAnything_NeverHandsOverMoreThanItHas()
    {
        var random = new Random(42);
        var bytes = new System.Buffers.ReadOnlySequence<byte>(new byte[1000]);
        for (var i = 0; i < 2000; i++)
        {
            var output = new CopyDataOutput(new LyingWindow(random), 1, null);
            var sent = output.Send(bytes);
            Assert.InRange(sent.Count, 0, 1000);
            if (sent.Kind == CopyDataSentKind.Taken) Assert.InRange(sent.Count, 1, 1000);
        }
    }

    private static (Connection Sender, Connection Receiver, LossyWindow Window) Connect(Random random, bool hasSections)
    {
        var there = new LossyWindow(random);
        var back = new LossyWindow(random);
        var (home, peerHome) = (new FakeHome(), new FakeHome());
        if (hasSections) (home.Peer, peerHome.Peer) = (peerHome, home);
        var sender = new CopyDataLink(there, 1, home);
        var receiver = new CopyDataLink(back, 2, peerHome);
        there.Target = receiver;
        back.Target = sender;
        return (
            new LinkConnection(sender, Endpoint, Peer.Unknown).Start(),
            new LinkConnection(receiver, Endpoint, Peer.Unknown).Start(), there);
    }

    private static CopyDataAnswer Take(CopyDataInput input, byte[] bytes)
    {
        Assert.True(CopyDataMessage.TryRead(bytes, out var message));
        return input.Take(message);
    }

    private static byte[] Data(ulong sequence, byte[] body)
    {
        var bytes = new byte[CopyDataLayout.BodyOffset + body.Length];
        CopyDataMessage.WriteHeader(bytes, CopyDataKind.Data, 2, sequence);
        body.CopyTo(bytes, CopyDataLayout.BodyOffset);
        return bytes;
    }

    private static byte[] Bulk(ulong sequence, uint length)
    {
        var bytes = new byte[CopyDataLayout.BodyOffset + CopyDataLayout.BulkBodyBytes];
        CopyDataMessage.WriteBulk(bytes, 2, sequence, length);
        return bytes;
    }

    /// <summary>Sends to the other end at the very moment in which it hears something.</summary>
    private sealed class AskingWindow : ICopyDataWindow
    {
        public ICopyDataEnd Target { get; set; } = null!;

        public CopyDataSignal? Told { get; private set; }

        public CopyDataCode AnswerWhenTold { get; private set; }

        public CopyDataCode Ask(ulong sequence)
        {
            Assert.True(CopyDataMessage.TryRead(Data(sequence, [1]), out var message));
            return CopyDataAnswer.Decode(Target.OnMessage(message, 0)).Code;
        }

        public CopyDataOutcome Send(ReadOnlySpan<byte> message, out long answer)
        {
            answer = 0;
            return CopyDataOutcome.NoWindow;
        }

        public void Notify(CopyDataSignal signal, UInt128 key)
        {
            AnswerWhenTold = Ask(1);
            Told = signal;
        }
    }

    private sealed class LyingWindow(Random random) : ICopyDataWindow
    {
        public CopyDataOutcome Send(ReadOnlySpan<byte> message, out long answer)
        {
            var lie = new CopyDataAnswer((CopyDataCode)random.Next(0, 7), random.Next(-1, 2000)).Encode();
            answer = random.Next(3) == 0 ? random.NextInt64() : lie;
            return (CopyDataOutcome)random.Next(0, 4);
        }

        public void Notify(CopyDataSignal signal, UInt128 key)
        {
        }
    }
}
