namespace Culvert.Tests.Conformance;

/// <summary><c>mem://</c> keeps the promises.</summary>
public sealed class MemoryConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint() => $"mem://{Guid.NewGuid():N}";
}
