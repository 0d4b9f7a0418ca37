using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Linux;

/// <summary>One end of a pipe, watched by the <see cref="Reactor"/>: it either receives or sends. Where somebody else
/// chose what lies behind the descriptor, it may be a socket or a terminal.</summary>
internal sealed unsafe class DescriptorLink(DescriptorHandle descriptor, bool isInput) : ByteLink, IReactorTarget
{
    // Guards the two below: the descriptor leaves the reactor before it is closed, and once.
    private readonly Lock _gate = new();
    private long _token;
    private bool _closed;
    private ILinkEvents? _events;
    private volatile bool _endSeen;

    public override void Start(ILinkEvents events)
    {
        _events = events;

        // Room can be asked for all the time: a pipe tells of it only after it was full.
        var interest = isInput ? EpollEvents.Readable : EpollEvents.Writable;
        lock (_gate) _token = Reactor.Shared.Add(descriptor, this, interest);
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        while (true)
        {
            nint count;
            int errno;
            try
            {
                fixed (byte* buffer = destination)
                {
                    count = Libc.Read(descriptor, buffer, (nuint)destination.Length);
                    errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                }
            }
            catch (ObjectDisposedException)
            {
                return LinkResult.Broken;
            }

            if (count > 0)
            {
                mayHaveMore = _endSeen || count == destination.Length;
                return (int)count;
            }

            if (count == 0) return LinkResult.End;
            if (errno == Errno.Interrupted) continue;
            return errno == Errno.WouldBlock ? LinkResult.WouldBlock : Fail(errno);
        }
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            nint count;
            int errno;
            try
            {
                var first = bytes.IsSingleSegment ? bytes.FirstSpan : FirstOf(bytes);
                fixed (byte* buffer = first)
                {
                    count = Libc.Write(descriptor, buffer, (nuint)first.Length);
                    errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                }
            }
            catch (ObjectDisposedException)
            {
                return LinkResult.Broken;
            }

            if (count >= 0) return (int)count;
            if (errno == Errno.Interrupted) continue;
            return errno == Errno.WouldBlock ? LinkResult.WouldBlock : Fail(errno);
        }
    }

    public override void EndOutput(bool isClosing) => Close();

    /// <summary>What was sent stays in the pipe for its reader.</summary>
    public override void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            if (_token != 0) Reactor.Shared.Remove(descriptor, _token);
            descriptor.Dispose();
        }
    }

    public override void Abort() => Close();

    public void OnEvents(EpollEvents events)
    {
        if (Volatile.Read(ref _closed)) return;
        if ((events & (EpollEvents.HangUp | EpollEvents.Error)) != 0)
        {
            _endSeen = true;
            TellGone();
        }

        if (isInput) _events!.OnReadable();
        else _events!.OnWritable();
    }

    private static ReadOnlySpan<byte> FirstOf(in ReadOnlySequence<byte> bytes)
    {
        foreach (var memory in bytes)
        {
            if (!memory.IsEmpty) return memory.Span;
        }

        return default;
    }

    private int Fail(int errno)
    {
        if (errno is Errno.BrokenPipe or Errno.ConnectionReset or Errno.InputOutput) TellGone();
        else _events?.OnPeerGone(CloseKind.Failed, $"The stream failed: {new Win32Exception(errno).Message}.");
        return LinkResult.Broken;
    }

    private void TellGone() => _events?.OnPeerGone(
        CloseKind.PeerClosed, isInput ? "Nobody sends on the stream any more." : "Nobody reads the stream any more.");
}
