namespace Culvert.Tests.Conformance;

/// <summary><c>local://</c> keeps the promises.</summary>
public sealed class LocalConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits => PipeConformanceTests.OfThisSystem;

    protected override string NewEndpoint() => $"local://test-{Guid.NewGuid():N}";
}
