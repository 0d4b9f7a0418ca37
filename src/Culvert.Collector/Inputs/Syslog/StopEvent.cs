using System.ComponentModel;
using System.Runtime.InteropServices;
using Culvert.Transports.Linux;
using static Culvert.Collector.Inputs.Syslog.DatagramLibc;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>Wakes a thread that waits for datagrams, so that it ends at once; source: eventfd(2), poll(2).</summary>
internal sealed unsafe class StopEvent : IDisposable
{
    private readonly int _event = CreateEvent(0, 0);

    public void Set()
    {
        ulong one = 1;
        _ = Write(_event, &one, sizeof(ulong));
    }

    /// <summary>Waits for a datagram, for <see cref="Set"/>, or for the time; returns whether it was set.</summary>
    public bool WaitForDatagram(SafeHandle socket, TimeSpan wait, out bool hasDatagram)
    {
        var entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = (int)socket.DangerousGetHandle(), Wanted = PollIn };
        entries[1] = new PollEntry { Descriptor = _event, Wanted = PollIn };
        if (Poll(entries, 2, (int)wait.TotalMilliseconds) < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        hasDatagram = entries[0].Seen != 0;
        return entries[1].Seen != 0;
    }

    public void Dispose() => _ = Libc.Close(_event);
}
