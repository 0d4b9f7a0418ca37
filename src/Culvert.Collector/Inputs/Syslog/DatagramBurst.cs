using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Transports.Linux;
using static Culvert.Collector.Inputs.Syslog.DatagramLibc;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Receives up to <see cref="CountMax"/> datagrams in one call of the system, each with its sender. The memory is
/// unmanaged and pages of it that no datagram reached are never touched.
/// </summary>
/// <remarks>One thread.</remarks>
internal sealed unsafe class DatagramBurst : IDisposable
{
    public const int CountMax = 64;

    // Address (sockaddr_in6 is 28 bytes) and control bytes of one datagram.
    private const int NameBytes = 32;
    private const int ControlBytes = 64;

    private readonly byte* _memory;
    private readonly MultiHeader* _headers;

    public DatagramBurst()
    {
        const int perDatagram = InputLimits.DatagramBytesMax + NameBytes + ControlBytes;
        var tableBytes = (sizeof(MultiHeader) + sizeof(Libc.IoVector)) * CountMax;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(tableBytes + perDatagram * CountMax));
        _headers = (MultiHeader*)_memory;
        var vectors = (Libc.IoVector*)(_memory + sizeof(MultiHeader) * CountMax);
        var at = _memory + tableBytes;
        for (var i = 0; i < CountMax; i++, at += perDatagram)
        {
            vectors[i] = new Libc.IoVector
            {
                Base = at + NameBytes + ControlBytes, Length = InputLimits.DatagramBytesMax,
            };
            _headers[i].Header = new Libc.MessageHeader
            {
                Name = at, Control = at + NameBytes, Vectors = vectors + i, VectorCount = 1,
            };
        }
    }

    /// <summary>Receives what is there without waiting, and returns how many; 0 when there is nothing.</summary>
    public int Receive(SafeHandle socket)
    {
        for (var i = 0; i < CountMax; i++)
        {
            _headers[i].Header.NameLength = NameBytes;
            _headers[i].Header.ControlLength = ControlBytes;
            _headers[i].Header.Flags = 0;
        }

        var count = ReceiveMany(socket, _headers, CountMax, Libc.MessageDontWait, null);
        if (count >= 0) return count;
        var error = Marshal.GetLastPInvokeError();
        return error is Errno.WouldBlock or Errno.Interrupted ? 0 : throw new SocketException(error);
    }

    public ReadOnlySpan<byte> Bytes(int index) =>
        new(_headers[index].Header.Vectors->Base, (int)_headers[index].Length);

    public bool IsCut(int index) => (_headers[index].Header.Flags & Libc.MessageTruncated) != 0;

    /// <summary>The socket address of the sender, without its port; empty for a Unix socket without a name.</summary>
    public ReadOnlySpan<byte> Address(int index)
    {
        var header = _headers[index].Header;
        // sockaddr_in: family 2, port 2, address 4. sockaddr_in6: family 2, port 2, flow 4, address 16.
        return header.NameLength switch
        {
            16 => new ReadOnlySpan<byte>(header.Name + 4, 4),
            28 => new ReadOnlySpan<byte>(header.Name + 8, 16),
            _ => default,
        };
    }

    /// <summary>The sender as the kernel noted it, where the socket asks for credentials.</summary>
    public Libc.Credentials? CredentialsOf(int index)
    {
        var header = _headers[index].Header;
        var control = (Control*)header.Control;
        var has = header.ControlLength >= (nuint)(sizeof(Control) + sizeof(Libc.Credentials))
            && control->Level == Libc.LevelSocket && control->Type == Libc.ControlCredentials;
        return has ? *(Libc.Credentials*)(control + 1) : null;
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
