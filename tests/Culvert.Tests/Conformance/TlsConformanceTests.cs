namespace Culvert.Tests.Conformance;

/// <summary><c>tls://</c> keeps the promises, with certificates on both sides.</summary>
public sealed class TlsConformanceTests : TransportConformanceTests
{
    private readonly TempFolder _folder = new();
    private TestAuthority? _authority;

    protected override TransportTraits Traits { get; } = new(false, true, false);

    public override void Dispose()
    {
        base.Dispose();
        _authority?.Dispose();
        _folder.Dispose();
    }

    protected override string NewEndpoint()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine has no TLS 1.3 for .NET.");
        return (_authority ??= new TestAuthority(_folder.Path)).Endpoint();
    }
}
