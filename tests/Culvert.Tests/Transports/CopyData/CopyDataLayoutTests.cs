using System.Runtime.InteropServices;
using Culvert.Transports.CopyData;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>The numbers that two programs must agree on.</summary>
public sealed class CopyDataLayoutTests
{
    [Fact]
    public void Offsets_OfTheHeader_AreTheDiagrams()
    {
        int[] offsets =
        [
            CopyDataLayout.MagicOffset, CopyDataLayout.VersionOffset, CopyDataLayout.KindOffset,
            CopyDataLayout.ZeroOffset, CopyDataLayout.KeyOffset, CopyDataLayout.SequenceOffset,
            CopyDataLayout.BodyOffset,
        ];
        Assert.Equal([0, 4, 5, 6, 8, 24, 32], offsets);
        Assert.Equal(40, CopyDataLayout.SectionSizeOffset);
        Assert.Equal(12, CopyDataLayout.SectionBodyBytes);
        Assert.Equal(32 + (16 * 1024), CopyDataLayout.MessageBytesMax);
    }

    [Fact]
    public void Message_OfKnownParts_HasTheseBytes()
    {
        var key = new UInt128(0x1112131415161718, 0x2122232425262728);
        Assert.Equal(
            "43564344" + "01" + "02" + "0000" + "28272625242322211817161514131211" + "0807060504030201"
            + "04030201000000000000000000000000",
            Convert.ToHexString(CopyDataMessage.MakeChallenge(key, 0x0102030405060708, 0x01020304)));
        Assert.Equal(
            "43564344" + "01" + "04" + "0000" + "28272625242322211817161514131211" + "0000000000000000"
            + "EF00000000000000" + "00000800",
            Convert.ToHexString(CopyDataMessage.MakeSection(key, 0xEF, 512 * 1024)));
    }

    [Fact]
    public void Answer_OfKnownParts_HasTheseBits()
    {
        Assert.Equal(0xC0DA7A_01_00001234, (ulong)new CopyDataAnswer(CopyDataCode.Taken, 0x1234).Encode());
        Assert.Equal(0xC0DA7A_02_00000000, (ulong)new CopyDataAnswer(CopyDataCode.Gone).Encode());
    }

    [Fact]
    public void Numbers_OfKindsAndSignals_AreFixed()
    {
        Assert.Equal([1, 2, 3, 4, 5], Enum.GetValues<CopyDataKind>().Select(kind => (int)kind));
        Assert.Equal([1, 2, 3, 4, 5], Enum.GetValues<CopyDataSignal>().Select(signal => (int)signal));
        Assert.Equal([1, 2, 3, 4, 5], Enum.GetValues<CopyDataCode>().Select(code => (int)code));
    }

    [Fact]
    public void Structures_OfTheSystem_HaveItsSizes()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "They are structures of Windows.");
        if (!OperatingSystem.IsWindows()) return; // For the compiler.
        Assert.Equal(80, Marshal.SizeOf<User32.WindowClass>());
        Assert.Equal(24, Marshal.SizeOf<User32.CopyData>());
        Assert.Equal(48, Marshal.SizeOf<User32.Message>());
        Assert.Equal(24, Marshal.SizeOf<Ntdll.SectionBasic>());
    }
}
