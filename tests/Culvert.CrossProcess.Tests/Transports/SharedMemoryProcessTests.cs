namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>shm://</c> across processes.</summary>
public sealed class SharedMemoryProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "shm:// is carried on Linux alone.");
        return $"shm://culvert-x-{Guid.NewGuid():N}";
    }
}
