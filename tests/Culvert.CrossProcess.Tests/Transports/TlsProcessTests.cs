using Culvert.Tests;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>tls://</c> across processes, with certificates on both sides.</summary>
public sealed class TlsProcessTests : TransportProcessTests
{
    private readonly TempFolder _folder = new();
    private TestAuthority? _authority;

    protected override bool IsLocalKernel => false;

    /// <summary>The end of a process is no close_notify.</summary>
    protected override bool TellsCutOff => true;

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
