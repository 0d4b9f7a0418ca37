namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>local://</c> that becomes shared memory, across processes.</summary>
public sealed class LocalUpgradeProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override bool IsWindowsPipe => OperatingSystem.IsWindows();

    protected override string NewEndpoint() => $"local://culvert-x-{Guid.NewGuid():N}?upgrade=shm";
}
