using System.Text;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Syslog;

namespace Culvert.Collector.Tests.Inputs.Lines;

public sealed class LineSplitterTests
{
    [Fact]
    public void TryRead_LinesWithEitherEnd_AreWithoutIt()
    {
        Assert.Equal(
            ["a", "", "b", "c\rd", "rest"], Split(new LineSplitter(), "a\n\r\nb\r\nc\rd\nrest"u8.ToArray(), 100).Select(
                l => l.Text));
    }

    [Fact]
    public void TryRead_AnyChunking_GivesTheSameLines()
    {
        var bytes = Encoding.UTF8.GetBytes("one\r\ntwo\n\nlonger than ten\nexactly10!\r\nexactly10!\nx");
        (string, long, bool)[] expected =
        [
            ("one", 5, false), ("two", 4, false), ("", 1, false), ("longer tha", 16, true), ("exactly10!", 12, false),
            ("exactly10!", 11, false), ("x", 1, false),
        ];
        for (var size = 1; size <= bytes.Length; size++)
            Assert.Equal(expected, Split(new LineSplitter(10), bytes, size));
    }

    [Fact]
    public void TryRead_LineWithoutEnd_HoldsNoMoreThanTheLimit()
    {
        var splitter = new LineSplitter(1000);
        ReadOnlySpan<byte> chunk = new byte[1 << 20];
        for (var i = 0; i < 64; i++)
        {
            var rest = chunk;
            Assert.False(splitter.TryRead(ref rest, out _));
        }

        var end = "\nnext\n"u8;
        Assert.True(splitter.TryRead(ref end, out var line));
        Assert.True(line.IsCut);
        Assert.Equal(1000, line.Text.Length);
        Assert.Equal((64L << 20) + 1, line.RawBytes);
        Assert.True(splitter.TryRead(ref end, out line));
        Assert.Equal("next"u8, line.Text);
    }

    [Fact]
    public void Framer_AllFramingsMixed_AreToldApartForEachFrame()
    {
        var bytes = Encoding.UTF8.GetBytes(
            "<13>lf\n8 <13>octe<14>nul\0\n7 <15>cnt15 <16>with\ninside12x text\n<1>rest");
        string[] expected = ["<13>lf", "<13>octe", "<14>nul", "<15>cnt", "<16>with\ninside", "12x text", "<1>rest"];
        for (var size = 1; size <= bytes.Length; size++)
            Assert.Equal(expected, Split(new SyslogFramer(), bytes, size).Select(l => l.Text));
    }

    [Fact]
    public void Framer_CountOfTwoGigabytes_HoldsNoMoreThanTheLimit()
    {
        var framer = new SyslogFramer(1000);
        var head = "2147483647 <13>x"u8;
        Assert.False(framer.TryRead(ref head, out _));
        ReadOnlySpan<byte> chunk = new byte[1 << 20];
        for (var i = 0; i < 16; i++)
        {
            var rest = chunk;
            Assert.False(framer.TryRead(ref rest, out _));
        }

        Assert.True(framer.TryReadRest(out var line));
        Assert.True(line.IsCut);
        Assert.Equal(1000, line.Text.Length);
    }

    [Fact]
    public void Framer_RandomBytes_GivesAtMostWhatCame()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(200)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = "<13>1 0129\n\0ab"u8[random.Next(14)];
            var lines = Split(new SyslogFramer(50), bytes, 1 + random.Next(20));
            Assert.True(lines.Sum(l => l.RawBytes) <= bytes.Length, $"Seed {seed}, round {round}.");
            Assert.All(lines, l => Assert.True(l.Text.Length <= 50));
        }
    }

    private static List<(string Text, long RawBytes, bool IsCut)> Split(
        ILineCutter cutter, byte[] bytes, int chunkBytes)
    {
        var lines = new List<(string, long, bool)>();
        for (var at = 0; at < bytes.Length; at += chunkBytes)
        {
            ReadOnlySpan<byte> chunk = bytes.AsSpan(at, Math.Min(chunkBytes, bytes.Length - at));
            while (cutter.TryRead(ref chunk, out var line)) lines.Add(Plain(line));
        }

        if (cutter.TryReadRest(out var rest)) lines.Add(Plain(rest));
        return lines;

        static (string, long, bool) Plain(in SplitLine line) =>
            (Encoding.UTF8.GetString(line.Text), line.RawBytes, line.IsCut);
    }
}
