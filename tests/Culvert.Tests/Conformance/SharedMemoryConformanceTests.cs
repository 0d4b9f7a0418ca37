namespace Culvert.Tests.Conformance;

/// <summary><c>shm://</c> keeps the promises.</summary>
public sealed class SharedMemoryConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "shm:// is carried on Linux alone.");
        return $"shm://culvert-test-{Guid.NewGuid():N}";
    }
}
