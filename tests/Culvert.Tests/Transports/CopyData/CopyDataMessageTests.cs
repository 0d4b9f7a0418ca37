using Culvert.Transports.CopyData;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>Whatever another process sends, it is a whole message or none.</summary>
public sealed class CopyDataMessageTests
{
    [Fact]
    public void TryRead_OfRandomBytes_NeverThrows()
    {
        var random = NewRandom();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 100)];
            random.NextBytes(bytes);
            if (bytes.Length >= CopyDataLayout.BodyOffset && random.Next(4) != 0)
            {
                // A good beginning, so that the later checks are reached.
                var kind = (CopyDataKind)random.Next(0, 9);
                CopyDataMessage.WriteHeader(bytes, kind, 7, (ulong)random.Next(0, 3));
            }

            if (!CopyDataMessage.TryRead(bytes, out var message)) continue;
            Assert.InRange((int)message.Kind, (int)CopyDataKind.Hello, (int)CopyDataKind.Bulk);
            if (message.Kind == CopyDataKind.Bulk)
            {
                Assert.InRange(message.BulkLength, 1u, (uint)CopyDataLimits.SectionBytes);
            }

            if (message.Kind == CopyDataKind.Section)
            {
                Assert.InRange(message.SectionBytes, 1u, (uint)CopyDataLimits.SectionBytes);
                _ = message.SectionHandle;
            }

            if (message.Kind == CopyDataKind.Challenge) _ = message.SenderKey;
        }
    }

    [Fact]
    public void TryRead_OfAGoodMessageWithOneByteChangedOrCut_NeverTakesItForAnother()
    {
        var good = CopyDataMessage.MakeChallenge(3, 5, 9);
        for (var length = 0; length < good.Length; length++)
        {
            Assert.False(CopyDataMessage.TryRead(good.AsSpan(0, length), out _));
        }

        for (var at = 0; at < CopyDataLayout.KeyOffset; at++)
        {
            var bytes = good.ToArray();
            bytes[at] ^= 0x40;
            Assert.False(CopyDataMessage.TryRead(bytes, out _), $"The byte at {at} was changed.");
        }

        Assert.False(CopyDataMessage.TryRead([.. good, 0], out _));
    }

    [Fact]
    public void TryRead_OfDataWithoutBytesOrWithTooMany_IsFalse()
    {
        var bytes = new byte[CopyDataLayout.MessageBytesMax + 1];
        CopyDataMessage.WriteHeader(bytes, CopyDataKind.Data, 1, 1);
        Assert.False(CopyDataMessage.TryRead(bytes.AsSpan(0, CopyDataLayout.BodyOffset), out _));
        Assert.True(CopyDataMessage.TryRead(bytes.AsSpan(0, CopyDataLayout.MessageBytesMax), out _));
        Assert.False(CopyDataMessage.TryRead(bytes, out _));
    }

    [Fact]
    public void Decode_OfWhatOtherWindowsAnswer_IsGone()
    {
        var random = NewRandom();
        long[] usual = [0, 1, -1, long.MinValue, long.MaxValue, 0xC0DA7A, 0x01_0000_0000];
        foreach (var answer in usual) Assert.Equal(CopyDataCode.Gone, CopyDataAnswer.Decode(answer).Code);
        for (var i = 0; i < 20_000; i++)
        {
            var answer = random.NextInt64(long.MinValue, long.MaxValue);
            Assert.InRange(CopyDataAnswer.Decode(answer).Count, 0, int.MaxValue);
        }

        foreach (var code in Enum.GetValues<CopyDataCode>())
        {
            var answer = new CopyDataAnswer(code, random.Next());
            Assert.Equal(answer, CopyDataAnswer.Decode(answer.Encode()));
        }
    }

    private static Random NewRandom()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
