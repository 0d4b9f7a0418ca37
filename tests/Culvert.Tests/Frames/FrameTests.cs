using System.Buffers;
using Culvert.Connections;
using Culvert.Framing;

namespace Culvert.Tests.Frames;

/// <summary>Frames, from good writers and from hostile ones.</summary>
public sealed class FrameTests
{
    [Fact]
    public void Write_OfAFrame_GivesTheseBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.Write(output, type: 3, payload: [0xAA, 0xBB], flags: 1);
        Assert.Equal([2, 0, 0, 0, 3, 1, 0, 0, 0xAA, 0xBB], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Layout_OfTheHeader_IsEightBytes()
    {
        Assert.Equal(0, FrameLayout.LengthOffset);
        Assert.Equal(4, FrameLayout.TypeOffset);
        Assert.Equal(5, FrameLayout.FlagsOffset);
        Assert.Equal(6, FrameLayout.ReservedOffset);
        Assert.Equal(8, FrameLayout.HeaderBytes);
    }

    [Fact]
    public void TryRead_OfFramesCutAnywhere_GivesThemBack()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            var payloads = new List<byte[]>();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                payloads.Add(Conformance.Bytes.Random(random.Next(0, 300)));
                FrameWriter.Write(output, (byte)i, payloads[^1]);
            }

            var received = 0;
            var buffer = ReadOnlySequence<byte>.Empty;
            var consumed = 0L;
            foreach (var payload in payloads)
            {
                FrameHeader header;
                ReadOnlySequence<byte> found;
                while (!FrameReader.TryRead(ref buffer, 1000, out header, out found))
                {
                    received = Math.Min(received + random.Next(1, 50), output.WrittenCount);
                    buffer = new ReadOnlySequence<byte>(output.WrittenMemory[(int)consumed..received]);
                }

                Assert.True(found.ToArray().AsSpan().SequenceEqual(payload), $"seed {seed}");
                consumed += FrameLayout.HeaderBytes + header.PayloadBytes;
            }
        }
    }

    [Theory]
    [InlineData(1001u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void TryRead_OfAHostileLength_FailsBeforeAnyPayload(uint length)
    {
        var bytes = new byte[FrameLayout.HeaderBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        var buffer = new ReadOnlySequence<byte>(bytes);
        var error = Assert.Throws<ConnectionException>(() => FrameReader.TryRead(ref buffer, 1000, out _, out _));
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
    }

    [Fact]
    public void TryRead_OfAnyBytes_ThrowsNothingButProtocolViolation()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            var buffer = new ReadOnlySequence<byte>(bytes);
            try
            {
                while (FrameReader.TryRead(ref buffer, 1000, out _, out _))
                {
                }
            }
            catch (ConnectionException e)
            {
                Assert.True(e.Error == ConnectionError.ProtocolViolation, $"seed {seed}");
            }
        }
    }
}
