namespace Culvert.Tests.Conformance;

/// <summary><c>unix://</c> keeps the promises.</summary>
public sealed class UnixConformanceTests : TransportConformanceTests
{
    private readonly TempFolder _folder = new();

    protected override TransportTraits Traits { get; } = new(true, true, true);

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    protected override string NewEndpoint() => $"unix://{_folder.Path}/{Guid.NewGuid():N}.sock";
}
