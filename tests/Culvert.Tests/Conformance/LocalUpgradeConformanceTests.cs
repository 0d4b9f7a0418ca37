namespace Culvert.Tests.Conformance;

/// <summary><c>local://</c> that becomes shared memory keeps the promises.</summary>
public sealed class LocalUpgradeConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "local:// becomes shared memory on Linux alone.");
        return $"local://test-{Guid.NewGuid():N}?upgrade=shm";
    }
}
