using System.Runtime.Versioning;
using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>What a client takes for a section on Linux.</summary>
[SupportedOSPlatform("linux")]
[Trait("system", "linux")]
public sealed class LinuxSectionTests
{
    private const int Capacity = SharedMemoryLimits.RingBytesMin;

    [Fact]
    public void TryOpen_WhatIsNoSection_IsRefused()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.SetLength(file, SectionLayout.Bytes(Capacity));
                Assert.Null(LinuxSection.TryOpen(file)); // It has no seals.
            }
        }
        finally
        {
            File.Delete(path);
        }

        LinuxSection.Create(Capacity, out var descriptor);
        using (descriptor)
        {
            RandomAccess.Write(descriptor, [(byte)SectionLayout.Version + 1], SectionLayout.VersionOffset);
            Assert.Null(LinuxSection.TryOpen(descriptor));
            RandomAccess.Write(descriptor, [(byte)SectionLayout.Version], SectionLayout.VersionOffset);
            Assert.NotNull(LinuxSection.TryOpen(descriptor));
        }
    }
}
