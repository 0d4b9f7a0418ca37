using Culvert.Transports.SharedMemory;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>Sections of this system that nobody else has.</summary>
internal static class TestSection
{
    public static SharedSection Create(int capacity)
    {
        if (OperatingSystem.IsWindows())
        {
            using var self = PeerProcess.TryOpen(Environment.ProcessId, duplicates: true);
            var made = WindowsSection.TryShare(capacity, self!, out var offer);
            WindowsSection.TryOpen(offer)!.Retire(); // What was given to this very process goes with it.
            return made!;
        }

        var section = LinuxSection.Create(capacity, out var descriptor);
        descriptor.Dispose();
        return section;
    }
}
