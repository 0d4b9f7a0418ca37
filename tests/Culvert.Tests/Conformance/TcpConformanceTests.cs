namespace Culvert.Tests.Conformance;

/// <summary><c>tcp://</c> keeps the promises, as far as TCP can tell.</summary>
public sealed class TcpConformanceTests : TransportConformanceTests
{
    // Wine shows a reset as an end where it is received.
    protected override TransportTraits Traits { get; } = new(false, !Wine.IsHere, false);

    protected override string NewEndpoint() => "tcp://127.0.0.1:0";
}
