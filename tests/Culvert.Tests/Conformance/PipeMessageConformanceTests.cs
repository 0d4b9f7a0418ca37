namespace Culvert.Tests.Conformance;

/// <summary><c>pipe://name?mode=message</c> keeps the promises, also to those who read it as bytes.</summary>
public sealed class PipeMessageConformanceTests : TransportConformanceTests
{
    public PipeMessageConformanceTests() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Named pipes have messages on Windows alone.");

    protected override TransportTraits Traits { get; } =
        PipeConformanceTests.OfThisSystem with { HasHalfClose = false };

    protected override string NewEndpoint() => $"pipe://culvert-test-{Guid.NewGuid():N}?mode=message";
}
