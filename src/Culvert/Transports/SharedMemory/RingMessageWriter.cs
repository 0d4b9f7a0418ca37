using System.Runtime.CompilerServices;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.SharedMemory;

/// <summary>Messages that are written in the ring: one frame each. It waits as the pipe's writer does, and on the same
/// thread.</summary>
internal sealed class RingMessageWriter : MessageWriter, IRingEnd
{
    private const int NothingClaimed = -1;

    private readonly LinkConnection _connection;
    private readonly SharedMemoryLink _link;
    private readonly RingWriter _ring;
    private readonly RingOutput _output;
    private int _claimed = NothingClaimed;
    private int _wanted;
    private AdaptiveSpin _spin;

    public RingMessageWriter(
        LinkConnection connection, SharedMemoryLink link, RingWriter ring, RingOutput output)
    {
        (_connection, _link, _ring, _output) = (connection, link, ring, output);
        connection.Writer.BeginMessages();
        output.BeginMessages();
    }

    public override int LengthMax => _ring.LengthMax;

    bool IRingEnd.IsReady => _ring.HasRoom(_wanted) || _ring.IsBroken || _link.Gone != LinkResult.WouldBlock;

    public override bool TryClaim(int length, out Span<byte> message)
    {
        if ((uint)length > (uint)_ring.LengthMax) ThrowLength(length);
        if (_ring.TryClaim(length, out message))
        {
            _claimed = length;
            return true;
        }

        _claimed = NothingClaimed;
        Flush(); // A reader that sleeps would make no room.
        return false;
    }

    public override void Commit(int length)
    {
        if (length < 0 || length > _claimed) ThrowCommit(length);
        _claimed = NothingClaimed;
        _ring.Publish(length, FrameKind.Message);
    }

    public override void Flush()
    {
        if (_ring.WakeReader()) _link.Wake();
    }

    public override ValueTask<bool> WaitForRoomAsync(int length, CancellationToken cancellationToken = default)
    {
        if ((uint)length > (uint)_ring.LengthMax) ThrowLength(length);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        Flush();
        if (_ring.HasRoom(length)) return new ValueTask<bool>(true);
        _wanted = length;
        if (_spin.Wait(this) && _ring.HasRoom(length)) return new ValueTask<bool>(true);
        return WaitAsync(length, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(int length, CancellationToken cancellationToken)
    {
        _output.AskForRoom(length);
        try
        {
            while (true)
            {
                var result = await _connection.Writer.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (result.IsCompleted) return false;
                if (_ring.HasRoom(length)) return true;
                if (result.IsCanceled) throw new OperationCanceledException("CancelPendingFlush ended the wait.");
            }
        }
        finally
        {
            _output.AskForNoRoom();
        }
    }

    private void ThrowLength(int length) => throw new ArgumentOutOfRangeException(
        nameof(length), length,
        $"A message here has at most {_ring.LengthMax} bytes; raise BufferBytes of the listener's options.");

    private void ThrowCommit(int length) => throw new InvalidOperationException(
        $"{length} bytes cannot be committed where {Math.Max(_claimed, 0)} are claimed; claim before each commit.");
}
