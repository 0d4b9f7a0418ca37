namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>shm://</c> across processes.</summary>
public sealed class SharedMemoryProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override bool IsWindowsPipe => OperatingSystem.IsWindows();

    protected override string NewEndpoint() => $"shm://culvert-x-{Guid.NewGuid():N}";
}
