using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>A stream of Windows that can only be waited for, received from by a thread of its own. It holds what one
/// read brought and reads on when that was taken.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class BlockingInput : BlockingLink
{
    private int _start;
    private int _count;
    private bool _ended;

    public BlockingInput(SafePipeHandle file)
        : base(file, "Culvert standard input")
    {
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        if (IsStopping) return LinkResult.Broken;
        int count;
        lock (Gate)
        {
            if (_count == 0) return _ended ? LinkResult.End : LinkResult.WouldBlock;
            count = Math.Min(_count, destination.Length);
            Buffer.AsSpan(_start, count).CopyTo(destination);
            (_start, _count) = (_start + count, _count - count);
            mayHaveMore = _count > 0;
        }

        if (!mayHaveMore) Due.Release();
        return count;
    }

    public override int Send(in ReadOnlySequence<byte> bytes) => LinkResult.Broken;

    public override void EndOutput(bool isClosing)
    {
    }

    protected override void Work()
    {
        while (!IsStopping)
        {
            uint count = 0;
            bool isRead;
            fixed (byte* buffer = Buffer) isRead = Kernel32.ReadFile(File, buffer, BytesMax, &count, null);
            var error = isRead ? 0 : Marshal.GetLastPInvokeError();
            if (IsStopping) break;
            if (error is not (0 or Win32Error.MoreData))
            {
                End(error);
                break;
            }

            if (count == 0) continue; // Somebody wrote nothing, which is no end.
            lock (Gate) (_start, _count) = (0, (int)count);
            Events!.OnReadable();
            Due.Wait();
        }
    }

    private void End(int error)
    {
        lock (Gate) _ended = true;
        if (error is Win32Error.BrokenPipe or Win32Error.HandleEnd or Win32Error.PipeNotConnected)
            Events!.OnPeerGone(CloseKind.PeerClosed, "Nobody sends on the stream any more.");
        else
            Events!.OnPeerGone(CloseKind.Failed, $"The stream failed: {new Win32Exception(error).Message}");
        Events!.OnReadable();
    }
}
