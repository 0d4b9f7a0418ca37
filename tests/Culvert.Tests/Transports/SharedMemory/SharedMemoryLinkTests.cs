using Culvert.Connections;
using Culvert.Tests.Transports.Links;
using Culvert.Transports.Links;
using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>What the control connection tells, on its way to the reader.</summary>
public sealed class SharedMemoryLinkTests
{
    /// <summary>A reader that spins looks at <see cref="SharedMemoryLink.Gone"/> by itself.</summary>
    [Theory]
    [InlineData(CloseKind.PeerAborted, LinkResult.Broken)]
    [InlineData(CloseKind.PeerDied, LinkResult.End)]
    [InlineData(CloseKind.ProtocolViolation, LinkResult.Broken)]
    public void PeerGone_ForAnyReason_TellsTheReasonBeforeAReaderCanSeeIt(CloseKind kind, int gone)
    {
        var control = new SilentLink();
        var link = new SharedMemoryLink(
            control, TestSection.Create(64 * 1024), isListener: false, Endpoint.Parse("shm://silent"));
        var told = new List<(string What, int Gone)>();
        link.Start(new Events(what => told.Add((what, link.Gone))));
        if (kind == CloseKind.ProtocolViolation) link.OnViolation();
        else control.Events!.OnPeerGone(kind, "It went.");
        link.Close();

        Assert.Equal([(kind.ToString(), LinkResult.WouldBlock), ("readable", gone)], told);
    }

    private sealed class Events(Action<string> tell) : ILinkEvents
    {
        public void OnReadable() => tell("readable");

        public void OnWritable() => tell("writable");

        public void OnReadableAndWritable() => tell("both");

        public void OnPeerGone(CloseKind kind, string message) => tell(kind.ToString());
    }
}
