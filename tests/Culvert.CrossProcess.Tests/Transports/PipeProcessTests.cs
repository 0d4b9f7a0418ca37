namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>pipe://</c> across processes.</summary>
public sealed class PipeProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override string NewEndpoint() => $"pipe://culvert-x-{Guid.NewGuid():N}";
}
