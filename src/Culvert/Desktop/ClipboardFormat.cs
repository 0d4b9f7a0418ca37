using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>The bytes of one format, put and taken while the clipboard is open.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ClipboardFormat(uint format, int bytesMax)
{
    /// <summary>Becomes the owner, and returns the new sequence number.</summary>
    public uint Put(byte[] bytes)
    {
        var memory = Kernel32.GlobalAlloc(Kernel32.GlobalMovable, (nuint)bytes.Length);
        if (memory == 0) throw Failed("gave no memory");
        var address = Kernel32.GlobalLock(memory);
        if (address is null)
        {
            var noMemory = Failed("gave no memory");
            _ = Kernel32.GlobalFree(memory);
            throw noMemory;
        }

        bytes.CopyTo(new Span<byte>(address, bytes.Length));
        _ = Kernel32.GlobalUnlock(memory);
        if (User32.EmptyClipboard() && User32.SetClipboardData(format, memory) != 0)
        {
            return User32.GetClipboardSequenceNumber(); // The memory is the system's now.
        }

        var failure = Failed("did not take the value");
        _ = Kernel32.GlobalFree(memory);
        throw failure;
    }

    /// <summary>What is there in this format, or null.</summary>
    public Content? Take()
    {
        if (!User32.IsClipboardFormatAvailable(format)) return null;
        var memory = User32.GetClipboardData(format);
        if (memory == 0) return null; // Its owner has ended without handing it out.
        var size = Kernel32.GlobalSize(memory);
        if (size > (nuint)(bytesMax + ValueLayout.ValueOffset + RoundedUpMax))
        {
            throw new ConnectionException(
                ConnectionError.ProtocolViolation,
                $"The clipboard's {size} bytes are more than the {bytesMax} that are taken; see what put them there.");
        }

        var address = Kernel32.GlobalLock(memory);
        if (address is null) return null;
        var bytes = new ReadOnlySpan<byte>(address, (int)size).ToArray();
        _ = Kernel32.GlobalUnlock(memory);
        var owner = User32.GetClipboardOwner();
        var process = owner == 0 ? 0 : User32.ProcessOf(owner);
        return new Content(bytes, process, User32.GetClipboardSequenceNumber());
    }

    /// <summary>The system may give more memory than was asked for.</summary>
    private const int RoundedUpMax = 4096;

    private static ConnectionException Failed(string what)
    {
        var inner = new Win32Exception(Marshal.GetLastPInvokeError());
        return new ConnectionException(
            ConnectionError.System, $"The clipboard {what}: {inner.Message}; try again later.", inner);
    }

    /// <summary>What was there, copied.</summary>
    internal sealed record Content(byte[] Bytes, int OwnerProcess, uint Sequence);
}
