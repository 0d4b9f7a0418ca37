using System.Net.Sockets;
using Culvert.Connections;

namespace Culvert.Tests.Conformance;

/// <summary><c>unix://</c> keeps the promises.</summary>
public sealed class UnixConformanceTests : TransportConformanceTests
{
    private readonly TempFolder _folder = new();

    protected override TransportTraits Traits { get; } = new(true, true, true);

    [Fact]
    public async Task Connect_ToAFullListener_IsBusyAtItsDeadlineAndEndsWhenCancelled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "unix:// is carried on Linux alone.");
        var path = Path.Combine(_folder.Path, "full.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        var endpoint = $"unix://{path}";
        var options = new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        var queued = new List<Connection>();
        ConnectionException? full = null;
        while (full is null)
        {
            Assert.InRange(queued.Count, 0, 10);
            try
            {
                queued.Add(await Ipc.ConnectAsync(endpoint, options, Token));
            }
            catch (ConnectionException e)
            {
                full = e;
            }
        }

        Assert.Equal(ConnectionError.Busy, full.Error);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var patient = new ConnectOptions { Timeout = Timeout.InfiniteTimeSpan };
        var hanging = Ipc.ConnectAsync(endpoint, patient, cancel.Token).AsTask();
        Assert.False(hanging.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.WaitAsync(Token));
        foreach (var connection in queued) await connection.DisposeAsync();
    }

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "unix:// is carried on Linux alone.");
        return $"unix://{_folder.Path}/{Guid.NewGuid():N}.sock";
    }
}
