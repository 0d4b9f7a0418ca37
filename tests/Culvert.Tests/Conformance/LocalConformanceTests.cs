namespace Culvert.Tests.Conformance;

/// <summary><c>local://</c> keeps the promises.</summary>
public sealed class LocalConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "local:// is not carried on Windows yet.");
        return $"local://test-{Guid.NewGuid():N}";
    }
}
