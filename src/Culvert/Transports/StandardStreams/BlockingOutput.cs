using System.Buffers;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>A stream of Windows that can only be waited for, sent on by a thread of its own. Bytes count as sent when
/// the system has taken them.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class BlockingOutput : ByteLink
{
    private const int WriteBytesMax = 64 * 1024;

    // Such a handle does not tell when nobody reads any more; it is asked as often while nothing is written.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly SafePipeHandle _file;
    private readonly BlockingThread _thread;

    // Guards the fields below between the thread and whoever sends.
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _given = new(0);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(WriteBytesMax, pinned: true);
    private int _count;
    private int _confirmed;
    private bool _isGone;
    private ILinkEvents? _events;

    public BlockingOutput(SafePipeHandle file)
    {
        _file = file;
        _thread = new BlockingThread("Culvert standard output", Work);
    }

    public override void Start(ILinkEvents events)
    {
        _events = events;
        _thread.Start();
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        return LinkResult.Broken;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        if (_thread.IsStopping) return LinkResult.Broken;
        lock (_gate)
        {
            if (_isGone) return LinkResult.Broken;
            if (_count > 0) return LinkResult.WouldBlock;
            if (_confirmed > 0)
            {
                // They were handed over before, and the system has taken them only now.
                var confirmed = _confirmed;
                _confirmed = 0;
                return confirmed;
            }

            _count = (int)Math.Min(bytes.Length, WriteBytesMax);
            bytes.Slice(0, _count).CopyTo(_buffer);
        }

        _given.Release();
        return LinkResult.WouldBlock;
    }

    public override void EndOutput(bool isClosing) => Close();

    public override void Close()
    {
        _thread.Stop();
        _given.Release();
    }

    public override void Abort() => Close();

    private void Work()
    {
        while (!_thread.IsStopping)
        {
            var isGiven = _given.Wait(LookEvery);
            if (_thread.IsStopping) break;
            if (isGiven ? !TryWrite() : !HasReader())
            {
                lock (_gate) _isGone = true;
                _events!.OnPeerGone(CloseKind.PeerClosed, "Nobody reads the stream any more.");
                _events!.OnWritable();
                break;
            }

            if (isGiven) _events!.OnWritable();
        }

        _file.Dispose();
    }

    private bool TryWrite()
    {
        for (uint written = 0; written < _count;)
        {
            uint count;
            fixed (byte* buffer = _buffer)
            {
                if (!Kernel32.WriteFile(_file, buffer + written, (uint)_count - written, &count, null)) return false;
            }

            written += count;
        }

        lock (_gate) (_confirmed, _count) = (_count, 0);
        return true;
    }

    private bool HasReader()
    {
        nint* status = stackalloc nint[2];
        Ntdll.PipeState state;
        var result = Ntdll.NtQueryInformationFile(
            _file, status, &state, (uint)sizeof(Ntdll.PipeState), Ntdll.PipeState.Kind);
        return result != 0 || state.State == Ntdll.PipeState.Connected; // What is no pipe tells when it is written to.
    }
}
