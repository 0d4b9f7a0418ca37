namespace Culvert.Tests.Conformance;

/// <summary><c>pipe://</c> keeps the promises.</summary>
public sealed class PipeConformanceTests : TransportConformanceTests
{
    public static TransportTraits OfThisSystem { get; } = OperatingSystem.IsWindows()
        ? new(true, true, true, true, Wine.IsHere ? "Wine gives a second listener the name." : null)
        : new(true, true, true);

    protected override TransportTraits Traits => OfThisSystem;

    protected override string NewEndpoint() => $"pipe://culvert-test-{Guid.NewGuid():N}";
}
