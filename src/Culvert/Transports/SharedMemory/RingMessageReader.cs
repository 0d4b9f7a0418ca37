using System.Runtime.CompilerServices;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.SharedMemory;

/// <summary>Messages that are read in the ring, one frame each. It waits as the pipe's reader does, and on the same
/// thread.</summary>
internal sealed class RingMessageReader : MessageReader, IRingEnd
{
    private readonly LinkConnection _connection;
    private readonly SharedMemoryLink _link;
    private readonly RingReader _ring;
    private AdaptiveSpin _spin;

    public RingMessageReader(LinkConnection connection, SharedMemoryLink link, RingReader ring, RingInput input)
    {
        (_connection, _link, _ring) = (connection, link, ring);
        connection.Reader.BeginMessages();
        input.BeginMessages();
    }

    bool IRingEnd.IsReady => _ring.HasNext || _link.Gone != LinkResult.WouldBlock;

    private bool IsMessageNext => _ring.TryPeek(out _, out var kind) && kind == FrameKind.Message;

    public override bool TryRead(out ReadOnlySpan<byte> message)
    {
        if (!_ring.TryPeek(out message, out var kind) || kind != FrameKind.Message)
        {
            message = default;
            return false;
        }

        _ring.Skip(message.Length);
        return true;
    }

    public override void Release() => Release(atOnce: false);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        if (IsMessageNext) return new ValueTask<bool>(true);

        // Whoever waits must not keep from the writer what it has read.
        Release(atOnce: true);
        if (_spin.Wait(this) && IsMessageNext) return new ValueTask<bool>(true);
        return WaitAsync(cancellationToken);
    }

    private void Release(bool atOnce)
    {
        if (_ring.ReleaseAll(atOnce)) _link.Wake();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _connection.Reader.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (IsMessageNext) return true;
            if (result.IsCompleted) return false;
            if (result.IsCanceled) throw new OperationCanceledException("The wait was ended by CancelPendingRead.");
        }
    }
}
