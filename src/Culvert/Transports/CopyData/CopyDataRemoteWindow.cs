using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>A window of another thread, mostly in another process, as this process sends to it.</summary>
/// <param name="handle">The window.</param>
/// <param name="sender">The window of this process that is named as the sender.</param>
[SupportedOSPlatform("windows")]
internal sealed unsafe class CopyDataRemoteWindow(nint handle, nint sender) : ICopyDataWindow
{
    public CopyDataOutcome Send(ReadOnlySpan<byte> message, out long answer) =>
        Send(message, CopyDataLimits.AnswerTimeoutMs, out answer);

    public CopyDataOutcome Send(ReadOnlySpan<byte> message, int timeoutMs, out long answer)
    {
        answer = 0;
        fixed (byte* bytes = message)
        {
            var data = new User32.CopyData
            {
                Tag = CopyDataLayout.Magic, Length = (uint)message.Length, Bytes = bytes,
            };
            return SystemWindow.Send(handle, sender, &data, timeoutMs, out answer);
        }
    }

    public void Notify(CopyDataSignal signal, UInt128 key)
    {
        // What fails here is a window that is gone, and that is noticed by the process that is.
        _ = User32.SendNotifyMessage(
            handle, User32.MessageApp + (uint)signal, (nint)(ulong)(key >> 64), (nint)(ulong)key);
    }
}
