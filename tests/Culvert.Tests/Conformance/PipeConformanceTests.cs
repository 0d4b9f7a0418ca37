namespace Culvert.Tests.Conformance;

/// <summary><c>pipe://</c> keeps the promises.</summary>
public sealed class PipeConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipe:// is not carried on Windows yet.");
        return $"pipe://culvert-test-{Guid.NewGuid():N}";
    }
}
