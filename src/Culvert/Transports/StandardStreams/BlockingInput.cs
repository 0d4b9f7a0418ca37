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
internal sealed unsafe class BlockingInput : ByteLink
{
    private const int ReadBytesMax = 64 * 1024;

    private readonly SafePipeHandle _file;
    private readonly BlockingThread _thread;

    // Guards the fields below between the thread and whoever receives.
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _taken = new(0);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytesMax, pinned: true);
    private int _start;
    private int _count;
    private bool _ended;
    private ILinkEvents? _events;

    public BlockingInput(SafePipeHandle file)
    {
        _file = file;
        _thread = new BlockingThread("Culvert standard input", Work);
    }

    public override void Start(ILinkEvents events)
    {
        _events = events;
        _thread.Start();
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        if (_thread.IsStopping) return LinkResult.Broken;
        int count;
        lock (_gate)
        {
            if (_count == 0) return _ended ? LinkResult.End : LinkResult.WouldBlock;
            count = Math.Min(_count, destination.Length);
            _buffer.AsSpan(_start, count).CopyTo(destination);
            (_start, _count) = (_start + count, _count - count);
            mayHaveMore = _count > 0;
        }

        if (!mayHaveMore) _taken.Release();
        return count;
    }

    public override int Send(in ReadOnlySequence<byte> bytes) => LinkResult.Broken;

    public override void EndOutput(bool isClosing)
    {
    }

    public override void Close()
    {
        _thread.Stop();
        _taken.Release();
    }

    public override void Abort() => Close();

    private void Work()
    {
        while (!_thread.IsStopping)
        {
            uint count = 0;
            bool isRead;
            fixed (byte* buffer = _buffer) isRead = Kernel32.ReadFile(_file, buffer, ReadBytesMax, &count, null);
            var error = isRead ? 0 : Marshal.GetLastPInvokeError();
            if (_thread.IsStopping) break;
            if (error is not (0 or Win32Error.MoreData))
            {
                End(error);
                break;
            }

            if (count == 0) continue; // Somebody wrote nothing, which is no end.
            lock (_gate) (_start, _count) = (0, (int)count);
            _events!.OnReadable();
            _taken.Wait();
        }

        _file.Dispose();
    }

    private void End(int error)
    {
        lock (_gate) _ended = true;
        if (error is Win32Error.BrokenPipe or Win32Error.HandleEnd or Win32Error.PipeNotConnected)
            _events!.OnPeerGone(CloseKind.PeerClosed, "Nobody sends on the stream any more.");
        else
            _events!.OnPeerGone(CloseKind.Failed, $"The stream failed: {new Win32Exception(error).Message}");
        _events!.OnReadable();
    }
}
