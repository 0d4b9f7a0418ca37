using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>The message by which a listener on Windows shares a section.</summary>
public sealed class SectionOfferTests
{
    [Fact]
    public void Write_AnOffer_HasTheseBytes()
    {
        var bytes = new SectionOffer(0x0102, 0x0304, 0x0506).Write();
        Assert.Equal(
            "43565331" + "01000000" + "0201000000000000" + "0403000000000000" + "0605000000000000",
            Convert.ToHexString(bytes));
        Assert.Equal(new SectionOffer(0x0102, 0x0304, 0x0506), SectionOffer.TryRead(bytes));
    }

    [Theory]
    [InlineData(0)] // no section of Culvert's
    [InlineData(SectionOffer.VersionOffset)]
    public void TryRead_AnotherKindOrVersion_IsNone(int offset)
    {
        var bytes = new SectionOffer(1, 2, 3).Write();
        bytes[offset]++;
        Assert.Null(SectionOffer.TryRead(bytes));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 0)]
    public void TryRead_AHandleThatIsNone_IsNone(int memory, int toListener, int toClient) =>
        Assert.Null(SectionOffer.TryRead(new SectionOffer(memory, toListener, toClient).Write()));

    [Fact]
    public void TryRead_AnyBytes_NeverThrows()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 10_000; round++)
        {
            var bytes = new SectionOffer(1, 2, 3).Write()[..random.Next(SectionOffer.Bytes + 1)];
            if (bytes.Length > 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Assert.True(SectionOffer.TryRead(bytes) is null || bytes.Length == SectionOffer.Bytes, $"seed {seed}");
        }
    }
}
