using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>Sends one WM_COPYDATA to any window.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class SystemWindow
{
    public static CopyDataOutcome Send(
        nint window, nint sender, User32.CopyData* data, int timeoutMs, out long answer)
    {
        // A timeout of 0 would wait for ever.
        const uint Flags = User32.TimeoutBlock | User32.TimeoutAbortIfHung | User32.TimeoutErrorOnExit;
        nint result = 0;
        var done = User32.SendMessageTimeout(
            window, User32.MessageCopyData, sender, (nint)data, Flags, (uint)Math.Max(timeoutMs, 1), &result);
        answer = result;
        if (done != 0) return CopyDataOutcome.Answered;
        var error = Marshal.GetLastPInvokeError();
        if (error == Win32Error.AccessDenied) return CopyDataOutcome.NotAllowed;
        if (!User32.IsWindow(window)) return CopyDataOutcome.NoWindow;
        return CopyDataOutcome.TimedOut; // A hung receiver is told by 0 on some systems.
    }
}
