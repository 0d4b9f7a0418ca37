using System.Buffers;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.Links;

/// <summary>Who is told of an end, whatever the order of events.</summary>
public sealed class LinkConnectionTests
{
    [Fact]
    public async Task Abort_AfterThePeersEndWasToldAndNothingWasThereToRead_EndsTheReadThatWaits()
    {
        var link = new SilentLink();
        await using var connection = new LinkConnection(link, Endpoint.Parse("mem://silent"), Peer.Unknown).Start();
        var reading = connection.Input.ReadAsync(TestContext.Current.CancellationToken).AsTask();

        // The word of an abort may arrive before the end itself, which a receive then does not find yet.
        link.Events!.OnPeerGone(CloseKind.PeerAborted, "The peer aborted the connection.");
        Assert.False(reading.IsCompleted);
        connection.Abort("This side gives up too.");

        var error = await Assert.ThrowsAsync<ConnectionException>(
            () => reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(ConnectionError.Closed, error.Error);
        Assert.Equal(CloseKind.PeerAborted, (await connection.Closed).Kind);
    }

    /// <summary>Brings nothing, and tells of nothing by itself.</summary>
    private sealed class SilentLink : ByteLink
    {
        public ILinkEvents? Events { get; private set; }

        public override void Start(ILinkEvents events) => Events = events;

        public override int Receive(Span<byte> destination, out bool mayHaveMore)
        {
            mayHaveMore = false;
            return LinkResult.WouldBlock;
        }

        public override int Send(in ReadOnlySequence<byte> bytes) => (int)bytes.Length;

        public override void EndOutput(bool isClosing)
        {
        }

        public override void Close()
        {
        }

        public override void Abort()
        {
        }
    }
}
