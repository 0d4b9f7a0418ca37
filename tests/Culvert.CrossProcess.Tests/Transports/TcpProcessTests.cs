namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>tcp://</c> across processes.</summary>
public sealed class TcpProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => false;

    protected override string NewEndpoint() => "tcp://127.0.0.1:0";
}
