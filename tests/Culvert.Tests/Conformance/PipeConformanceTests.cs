namespace Culvert.Tests.Conformance;

/// <summary><c>pipe://</c> keeps the promises.</summary>
public sealed class PipeConformanceTests : TransportConformanceTests
{
    /// <summary>On Windows a client's abort cannot be told from a close; a server's can.</summary>
    public static TransportTraits OfThisSystem { get; } = OperatingSystem.IsWindows()
        ? new(true, false, true, true, Wine.IsHere ? "Wine gives a second listener the name." : null)
        : new(true, true, true);

    protected override TransportTraits Traits => OfThisSystem;

    protected override string NewEndpoint() => $"pipe://culvert-test-{Guid.NewGuid():N}";
}
