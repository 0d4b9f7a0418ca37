namespace Culvert.Tests.Conformance;

/// <summary><c>shm://</c> keeps the promises.</summary>
public sealed class SharedMemoryConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits => PipeConformanceTests.OfThisSystem;

    protected override string NewEndpoint() => $"shm://culvert-test-{Guid.NewGuid():N}";
}
