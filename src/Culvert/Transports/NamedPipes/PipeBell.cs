using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// Writes single bytes that say nothing but that the peer should look. While one is under way the next one waits until
/// that is done: it may have been heard already, which only its completion tells, so that to leave the next one out
/// could lose it; and a peer that does not read makes this side keep no more than one.
/// </summary>
/// <param name="pipe">Its owner's.</param>
/// <param name="gate">The owner's, which guards this too.</param>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PipeBell(SafePipeHandle pipe, Lock gate)
{
    private static readonly byte[] Sound = GC.AllocateArray<byte>(1, pinned: true);

    private IoOperation? _operation;
    private bool _isUnderWay;
    private bool _isDue;

    /// <summary>Under the gate, on an open pipe.</summary>
    public void Ring()
    {
        _isDue = _isUnderWay;
        if (_isUnderWay) return;
        _isUnderWay = true;
        _operation ??= new IoOperation(OnDone);
        var sound = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Sound)); // Pinned for good.
        if (Kernel32.WriteFile(pipe, sound, (uint)Sound.Length, null, _operation.Begin(null))
            || Marshal.GetLastPInvokeError() == Win32Error.IoPending) return;
        _operation.Cancel(); // The pipe has broken, which its reads tell.
        _isUnderWay = false;
    }

    /// <summary>On a thread of the completion port.</summary>
    private void OnDone(int error, int bytes)
    {
        lock (gate)
        {
            _isUnderWay = false;
            if (_isDue && !pipe.IsClosed) Ring();
        }
    }
}
