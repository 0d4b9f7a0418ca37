using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.Links;

/// <summary>Who is told of an end and of a cancellation, whatever the order of events.</summary>
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

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task CancelFlush_WhileItsBytesAreBeingSent_EndsItWhereThereIsNoRoom(bool byToken, bool inFirstSend)
    {
        using var source = new CancellationTokenSource();
        var link = new SilentLink { HasRoom = false };
        await using var connection = new LinkConnection(link, Endpoint.Parse("mem://silent"), Peer.Unknown).Start();
        if (inFirstSend) link.InSend = Cancel;
        var flushing = connection.Output.WriteAsync(new byte[10], source.Token).AsTask();
        if (!inFirstSend)
        {
            Assert.False(flushing.IsCompleted);
            link.InSend = Cancel;
            link.Events!.OnWritable();
        }

        var ended = flushing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        if (byToken)
        {
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);
            Assert.Equal(source.Token, error.CancellationToken);
        }
        else
        {
            Assert.True((await ended).IsCanceled);
        }

        // The bytes are the next flush's.
        (link.InSend, link.HasRoom) = (null, true);
        Assert.False((await connection.Output.FlushAsync(TestContext.Current.CancellationToken)).IsCanceled);
        Assert.Equal(10, link.Sent);

        void Cancel()
        {
            if (byToken) source.Cancel();
            else connection.Output.CancelPendingFlush();
        }
    }
}
