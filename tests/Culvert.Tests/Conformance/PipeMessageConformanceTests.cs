namespace Culvert.Tests.Conformance;

/// <summary><c>pipe://name?mode=message</c> keeps the promises, also to those who read it as bytes.</summary>
public sealed class PipeMessageConformanceTests : TransportConformanceTests
{
    public PipeMessageConformanceTests() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Named pipes have messages on Windows alone.");

    /// <summary>A client's abort cannot be told from a close, since all messages are the user's; a server's
    /// can.</summary>
    protected override TransportTraits Traits { get; } =
        PipeConformanceTests.OfThisSystem with { HasHalfClose = false, TellsAbortWithoutUnread = false };

    protected override string NewEndpoint() => $"pipe://culvert-test-{Guid.NewGuid():N}?mode=message";
}
