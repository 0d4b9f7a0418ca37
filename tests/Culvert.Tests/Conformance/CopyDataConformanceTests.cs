namespace Culvert.Tests.Conformance;

/// <summary><c>copydata://</c> keeps the promises.</summary>
public sealed class CopyDataConformanceTests : TransportConformanceTests
{
    public CopyDataConformanceTests() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "WM_COPYDATA is a mechanism of Windows.");

    protected override TransportTraits Traits { get; } = new(true, true, true);

    protected override string NewEndpoint() => $"copydata://test-{Guid.NewGuid():N}";
}
