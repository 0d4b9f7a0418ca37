using Culvert.Connections;
using Culvert.Desktop;

namespace Culvert.Tests.Desktop;

/// <summary>A value's bytes, and whatever else may be found in their place.</summary>
public sealed class ValueTextTests
{
    private const int BytesMax = 200;

    [Fact]
    public void Write_OfAValue_HasTheseBytesAndReadsBack()
    {
        var bytes = ValueText.Write(new Note("a", 7), NoteContext.Default.Note, BytesMax);
        var json = """{"Text":"a","Number":7}"""u8;
        Assert.Equal("4356564C" + "01000000" + "17000000" + Convert.ToHexString(json), Convert.ToHexString(bytes));
        Assert.Equal(12, ValueLayout.ValueOffset);

        // What follows is the system's rounding.
        Assert.Equal(
            new Note("a", 7), ValueText.Read([.. bytes, 0, 0, 0], NoteContext.Default.Note, BytesMax));
    }

    [Fact]
    public void Write_OfALongValue_IsAnArgumentError() => Assert.Throws<ArgumentException>(
        () => ValueText.Write(new Note(new string('x', BytesMax), 1), NoteContext.Default.Note, BytesMax));

    [Fact]
    public void Read_OfChangedAndCutAndRandomBytes_IsTheValueOrAViolation()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var good = ValueText.Write(new Note("some text", 7), NoteContext.Default.Note, BytesMax);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = good.AsSpan(0, random.Next(4) == 0 ? random.Next(good.Length) : good.Length).ToArray();
            for (var changes = random.Next(4); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = ValueText.Read(bytes, NoteContext.Default.Note, BytesMax);
            }
            catch (ConnectionException e)
            {
                Assert.Equal(ConnectionError.ProtocolViolation, e.Error);
            }
        }
    }
}
