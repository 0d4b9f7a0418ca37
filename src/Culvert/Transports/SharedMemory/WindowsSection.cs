using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// A section on Windows: memory of the page file without a name, and an event without a name for each reader's flag.
/// Such a section can be neither shrunk nor taken away. Its memory is the system's again when the collector has found
/// that nobody knows it any more: to put something else in its place in one step takes calls that older systems do not
/// have (VirtualAlloc2).
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsSection : SharedSection
{
    private readonly SafeWaitHandle _toListener;
    private readonly SafeWaitHandle _toClient;

    private WindowsSection(byte* address, int capacity, SafeWaitHandle toListener, SafeWaitHandle toClient)
        : base(address, capacity)
    {
        (_toListener, _toClient) = (toListener, toClient);
        GC.AddMemoryPressure(SectionLayout.Bytes(capacity));
    }

    /// <summary>Makes a section and gives the client its own handles of it; null when it cannot be given any.</summary>
    public static WindowsSection? TryShare(int capacity, PeerProcess client, out SectionOffer offer)
    {
        var bytes = SectionLayout.Bytes(capacity);
        using var memory = Kernel32.CreateFileMapping(
            -1, 0, Kernel32.PageReadWrite, (uint)(bytes >> 32), (uint)bytes, 0);
        if (memory.IsInvalid) throw Failed();
        var section = Open(memory, capacity, NewEvent(), NewEvent());
        WriteHead(section.ToListener.Header - SectionLayout.ToListenerOffset, capacity);
        offer = new SectionOffer(
            client.Give(memory), client.Give(section._toListener), client.Give(section._toClient));
        if (offer.IsWhole) return section;
        section.Retire();
        return null;
    }

    /// <summary>Maps a section that a listener made and gave; null when it is none. The handles are the section's, or
    /// are closed.</summary>
    public static WindowsSection? TryOpen(SectionOffer offer)
    {
        using var memory = new SafeFileHandle(offer.Memory, ownsHandle: true);
        var toListener = new SafeWaitHandle(offer.ToListener, ownsHandle: true);
        var toClient = new SafeWaitHandle(offer.ToClient, ownsHandle: true);
        var capacity = CapacityOf(Ntdll.MemoryBytes(memory));
        if (capacity == 0)
        {
            toListener.Dispose();
            toClient.Dispose();
            return null;
        }

        var section = Open(memory, capacity, toListener, toClient);
        if (IsSound(section.ToListener.Header - SectionLayout.ToListenerOffset, capacity)) return section;
        section.Retire();
        return null;
    }

    /// <summary>The event stays set when nobody sleeps yet, so that no wake is lost.</summary>
    public override void Sleep(uint* flag, uint value, int timeoutMs)
    {
        if (Volatile.Read(ref *flag) != value) return;
        try
        {
            _ = Kernel32.WaitForSingleObject(EventOf(flag), (uint)timeoutMs);
        }
        catch (ObjectDisposedException)
        {
            // The connection is closed.
        }
    }

    public override void Wake(uint* flag)
    {
        try
        {
            _ = Kernel32.SetEvent(EventOf(flag));
        }
        catch (ObjectDisposedException)
        {
            // The connection is closed; its pipe tells the peer.
        }
    }

    protected override void GiveBack(byte* address)
    {
        _toListener.Dispose();
        _toClient.Dispose();
    }

    protected override void Unmap(byte* address)
    {
        ViewsInARow.Unmap(address, Views(Capacity));
        GC.RemoveMemoryPressure(SectionLayout.Bytes(Capacity));
    }

    private SafeWaitHandle EventOf(uint* flag) =>
        (byte*)flag - ToListener.Header == RingLayout.ReaderSleepsOffset ? _toListener : _toClient;

    private static WindowsSection Open(
        SafeFileHandle memory, int capacity, SafeWaitHandle toListener, SafeWaitHandle toClient)
    {
        try
        {
            return new WindowsSection(Map(memory, capacity), capacity, toListener, toClient);
        }
        catch
        {
            toListener.Dispose();
            toClient.Dispose();
            throw;
        }
    }

    private static SafeWaitHandle NewEvent()
    {
        var made = Kernel32.CreateEvent(0, isManualReset: false, isSet: false, 0);
        return made.IsInvalid ? throw Failed() : made;
    }

    private static byte* Map(SafeFileHandle memory, int capacity)
    {
        var address = ViewsInARow.TryMap(memory, Views(capacity));
        return address is null ? throw Failed() : address;
    }

    /// <summary>The headers, the first ring, the same again, the second ring, the same again.</summary>
    private static View[] Views(int capacity)
    {
        var first = new View(SectionLayout.DataOffset, capacity);
        var second = new View(SectionLayout.DataOffset + (long)capacity, capacity);
        return [new(0, SectionLayout.DataOffset), first, first, second, second];
    }

    private static ConnectionException Failed() =>
        SocketErrors.System(Marshal.GetLastPInvokeError(), "Shared memory could not be set up");
}
