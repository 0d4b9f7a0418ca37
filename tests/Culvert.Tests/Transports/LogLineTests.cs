using System.Buffers;
using System.Text;
using Culvert.Transports.StandardStreams;

namespace Culvert.Tests.Transports;

/// <summary>Lines out of whatever a child writes.</summary>
public sealed class LogLineTests
{
    [Theory]
    [InlineData("a\nbc\r\n\nd", new[] { "a", "bc", "", "d" })]
    [InlineData("abcdefghij\nk\n", new[] { "abcdefgh", "ij", "k" })]
    [InlineData("abcdefgh\n", new[] { "abcdefgh" })]
    [InlineData("", new string[0])]
    public void TryTake_OfText_CutsItsLines(string text, string[] expected)
    {
        var bytes = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, TakeAll(ref bytes, 8, isLast: true));
        Assert.True(bytes.IsEmpty);
    }

    [Fact]
    public void TryTake_BeforeTheEnd_LeavesWhatIsNoLineYet()
    {
        var bytes = new ReadOnlySequence<byte>("ab\ncd"u8.ToArray());
        Assert.Equal(["ab"], TakeAll(ref bytes, 8, isLast: false));
        Assert.Equal("cd"u8, bytes.ToArray());
    }

    [Fact]
    public void TryTake_OfNoise_TakesAllOfItInPiecesThatFit()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var noise = new byte[random.Next(0, 500)];
            random.NextBytes(noise);
            var bytes = new ReadOnlySequence<byte>(noise);
            foreach (var line in TakeAll(ref bytes, 16, isLast: true)) Assert.InRange(line.Length, 0, 16);
            Assert.True(bytes.IsEmpty);
        }
    }

    private static List<string> TakeAll(ref ReadOnlySequence<byte> bytes, int bytesMax, bool isLast)
    {
        var lines = new List<string>();
        while (LogLine.TryTake(ref bytes, bytesMax, isLast) is { } line) lines.Add(line);
        return lines;
    }
}
