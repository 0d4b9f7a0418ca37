using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>The two ends of one ring, in one process.</summary>
public sealed unsafe class RingTests : IDisposable
{
    private const int Capacity = SharedMemoryLimits.RingBytesMin;

    private readonly SharedSection _section;
    private readonly SharedRing _ring;
    private readonly RingWriter _writer;
    private readonly RingReader _reader;

    public RingTests()
    {
        _section = TestSection.Create(Capacity);
        _ring = _section.ToListener;
        _writer = new RingWriter(_section, _ring);
        _reader = new RingReader(_section, _ring);
    }

    public void Dispose() => _section.Retire();

    [Fact]
    public void Frames_OfAnyLengths_ArriveAsTheyWereWritten()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var sent = new Queue<(byte[] Bytes, FrameKind Kind)>();
        for (var step = 0; step < 200_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var length = random.Next(4) == 0 ? random.Next(_writer.LengthMax + 1) : random.Next(200);
                if (!_writer.TryClaim(length, out var span)) continue;
                random.NextBytes(span);
                var kind = (FrameKind)random.Next(2);
                sent.Enqueue((span.ToArray(), kind));
                _writer.Publish(length, kind);
            }
            else if (_reader.TryPeek(out var bytes, out var kind))
            {
                Assert.True(sent.TryDequeue(out var expected), $"seed {seed}, step {step}");
                Assert.True(bytes.SequenceEqual(expected.Bytes) && kind == expected.Kind, $"seed {seed}, step {step}");
                _reader.Skip(bytes.Length);
                _reader.Release(RingLayout.FrameBytes(bytes.Length), random.Next(3) == 0);
            }
            else
            {
                Assert.True(sent.Count == 0, $"seed {seed}, step {step}");
            }
        }

        Assert.False(_reader.IsBroken || _writer.IsBroken, $"seed {seed}");
    }

    [Fact]
    public void Publish_UntilFull_LeavesRoomForTheEnd()
    {
        while (_writer.TryClaim(0, out _)) _writer.Publish(0, FrameKind.Message);
        _writer.PublishEnd();
        var frames = 0;
        while (_reader.TryPeek(out var bytes, out var kind))
        {
            _reader.Skip(bytes.Length);
            frames++;
            if (kind == FrameKind.End) break;
        }

        Assert.False(_reader.IsBroken);
        Assert.Equal(Capacity / RingLayout.FrameHeaderBytes - 1, frames);
    }

    [Fact]
    public void Claim_WithoutRoom_IsGrantedOnceTheReaderReleases()
    {
        while (_writer.TryClaim(1000, out _)) _writer.Publish(1000, FrameKind.Message);
        Assert.True(_writer.SetSleeps(1000));
        var woken = false;
        while (!woken)
        {
            Assert.True(_reader.TryPeek(out var bytes, out _));
            _reader.Skip(bytes.Length);
            woken = _reader.Release(RingLayout.FrameBytes(bytes.Length), atOnce: false);
        }

        Assert.True(_writer.TryClaim(1000, out _));
    }

    [Fact]
    public void WakeReader_AfterSetSleeps_AsksForOneBell()
    {
        Assert.True(_reader.SetSleeps());
        _writer.TryClaim(1, out _);
        _writer.Publish(1, FrameKind.Message);
        Assert.True(_writer.WakeReader());
        Assert.False(_writer.WakeReader());
        Assert.False(_reader.SetSleeps());
    }

    [Theory]
    [InlineData(0xFFFF_FFFFUL)] // a length beyond all
    [InlineData((ulong)Capacity)] // longer than a frame may be
    [InlineData(0x0000_0003_0000_0001UL)] // a kind that is none
    [InlineData(0xFFFF_FFFF_0000_0000UL)] // a kind without a length
    public void TryPeek_AHeaderThatLies_BreaksTheReaderAndReadsNothing(ulong header)
    {
        *(ulong*)_ring.Data = header;
        Assert.False(_reader.TryPeek(out var bytes, out _));
        Assert.True(bytes.IsEmpty && _reader.IsBroken);
    }

    [Fact]
    public void TryPeek_AWriterThatOvertakes_BreaksTheReader()
    {
        var length = _writer.LengthMax;
        for (var i = 0; i <= SharedMemoryLimits.FramesPerRingMin; i++)
        {
            *(ulong*)(_ring.Data + i * RingLayout.FrameBytes(length) % Capacity) =
                RingLayout.FrameHeader(length, FrameKind.Message);
            if (!_reader.TryPeek(out var bytes, out _)) break;
            _reader.Skip(bytes.Length);
        }

        Assert.True(_reader.IsBroken);
    }

    [Theory]
    [InlineData(8)] // more than was written
    [InlineData(-8)]
    [InlineData(long.MaxValue - 7)]
    [InlineData(long.MinValue)]
    [InlineData(3)] // no frame begins there
    public void TryClaim_AHeadThatLies_BreaksTheWriter(long head)
    {
        *(long*)_ring.Header = head;
        Assert.Equal(-1, FillAndLook());

        int FillAndLook()
        {
            // The head is looked at when the room that is known is used up.
            _writer.TryClaim(_writer.LengthMax, out _);
            for (var room = _writer.Room(); room > 0; room = _writer.Room())
            {
                if (!_writer.TryClaim(0, out _)) return _writer.Room();
                if (_writer.IsBroken) return -1;
                _writer.Publish(0, FrameKind.Message);
                *(long*)_ring.Header = head > 0 ? long.MaxValue - 7 : head;
            }

            return _writer.IsBroken ? -1 : 0;
        }
    }

    [Fact]
    public void Retire_WhileBothEndsGoOn_HarmsNothing()
    {
        _writer.TryClaim(100, out var span);
        _writer.Publish(100, FrameKind.Message);
        Assert.True(_reader.TryPeek(out var bytes, out _));
        _section.Retire();
        span.Fill(1);
        Assert.Equal(100, bytes.ToArray().Length);
        _writer.TryClaim(100, out _);
        _writer.Publish(100, FrameKind.Message);
    }
}
