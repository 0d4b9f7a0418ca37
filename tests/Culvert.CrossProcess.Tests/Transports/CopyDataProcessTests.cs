namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>copydata://</c> across processes.</summary>
public sealed class CopyDataProcessTests : TransportProcessTests
{
    public CopyDataProcessTests() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "WM_COPYDATA is a mechanism of Windows.");

    protected override bool IsLocalKernel => true;

    protected override string NewEndpoint() => $"copydata://culvert-x-{Guid.NewGuid():N}";
}
