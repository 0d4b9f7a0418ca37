namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>local://</c> that becomes shared memory, across processes.</summary>
public sealed class LocalUpgradeProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "local:// becomes shared memory on Linux alone.");
        return $"local://culvert-x-{Guid.NewGuid():N}?upgrade=shm";
    }
}
