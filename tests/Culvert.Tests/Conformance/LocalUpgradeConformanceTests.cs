namespace Culvert.Tests.Conformance;

/// <summary><c>local://</c> that becomes shared memory keeps the promises.</summary>
public sealed class LocalUpgradeConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits => PipeConformanceTests.OfThisSystem;

    protected override string NewEndpoint() => $"local://test-{Guid.NewGuid():N}?upgrade=shm";
}
