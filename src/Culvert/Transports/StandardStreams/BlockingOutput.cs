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
internal sealed unsafe class BlockingOutput : BlockingLink
{
    // Such a handle does not tell when nobody reads any more; it is asked as often while nothing is written.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private int _count;
    private int _confirmed;
    private bool _isGone;

    public BlockingOutput(SafePipeHandle file)
        : base(file, "Culvert standard output")
    {
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        return LinkResult.Broken;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        if (IsStopping) return LinkResult.Broken;
        lock (Gate)
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

            _count = (int)Math.Min(bytes.Length, BytesMax);
            bytes.Slice(0, _count).CopyTo(Buffer);
        }

        Due.Release();
        return LinkResult.WouldBlock;
    }

    public override void EndOutput(bool isClosing) => Close();

    protected override void Work()
    {
        while (!IsStopping)
        {
            var isGiven = Due.Wait(LookEvery);
            if (IsStopping) break;
            if (isGiven ? !TryWrite() : !HasReader())
            {
                lock (Gate) _isGone = true;
                Events!.OnPeerGone(CloseKind.PeerClosed, "Nobody reads the stream any more.");
                Events!.OnWritable();
                break;
            }

            if (isGiven) Events!.OnWritable();
        }
    }

    private bool TryWrite()
    {
        for (uint written = 0; written < _count;)
        {
            uint count;
            fixed (byte* buffer = Buffer)
            {
                if (!Kernel32.WriteFile(File, buffer + written, (uint)_count - written, &count, null)) return false;
            }

            written += count;
        }

        lock (Gate) (_confirmed, _count) = (_count, 0);
        return true;
    }

    private bool HasReader()
    {
        nint* status = stackalloc nint[2];
        Ntdll.PipeState state;
        var result = Ntdll.NtQueryInformationFile(
            File, status, &state, (uint)sizeof(Ntdll.PipeState), Ntdll.PipeState.Kind);
        return result != 0 || state.State == Ntdll.PipeState.Connected; // What is no pipe tells when it is written to.
    }
}
