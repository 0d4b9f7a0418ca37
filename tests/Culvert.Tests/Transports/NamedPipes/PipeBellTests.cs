using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.NamedPipes;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>Bells on a pipe of Windows: whoever rings is heard after that, however soon it rings again.</summary>
[SupportedOSPlatform("windows")]
public sealed class PipeBellTests
{
    private const int Rounds = 5000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ring_AgainAsSoonAsOneWasHeard_IsHeardEachTime()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Sockets ring on Linux.");
        var endpoint = Endpoint.Parse($"pipe://culvert-test-{Guid.NewGuid():N}");
        var listening = new TaskCompletionSource<PipeLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = PipeListener.Open(PipeName.Of(endpoint), endpoint, new(), (pipe, _) =>
        {
            listening.SetResult(pipe);
            return pipe;
        });
        var dialled = new TaskCompletionSource<PipeLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var owner = await DialAttempt.RunAsync(endpoint, new(), Token, async attempt =>
        {
            var (link, peer) = await PipeDialer.OpenLinkAsync(PipeName.Of(endpoint), attempt);
            dialled.SetResult(link);
            return new LinkConnection(link, endpoint, peer).Start();
        });
        var (ringing, hearing) = (await dialled.Task, await listening.Task.WaitAsync(Limit, Token));
        await using var accepted = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        var ear = new Ear(hearing);
        hearing.Start(ear);

        for (var round = 1; round <= Rounds; round++)
        {
            var heard = ear.Await(round);
            ringing.Ring();
            await heard.WaitAsync(Limit, Token);
        }
    }

    /// <summary>Looks, whenever the bell rings, at what the ringing side wants seen.</summary>
    private sealed class Ear(PipeLink link) : ILinkEvents
    {
        private readonly byte[] _bells = new byte[64];
        private volatile TaskCompletionSource _wanted = new();

        public Task Await(int round)
        {
            // Not run on another thread: the next bell rings while the write of this one may be unconfirmed.
            var wanted = new TaskCompletionSource(round);
            _wanted = wanted;
            return wanted.Task;
        }

        public void OnReadable()
        {
            while (link.Receive(_bells, out _) > 0) _wanted.TrySetResult();
        }

        public void OnWritable()
        {
        }

        public void OnReadableAndWritable() => OnReadable();

        public void OnPeerGone(CloseKind kind, string message)
        {
        }
    }
}
