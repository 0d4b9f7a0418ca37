using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>COM's IStream (objidl.h): bytes that the system itself carries to another process.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class ComStream
{
    private const int PlaceRead = 3;
    private const int PlaceWrite = 4;
    private const int PlaceClone = 13;
    private const int ReadBytes = 64 * 1024;

    private static readonly Guid Id = new("0000000c-0000-0000-c000-000000000046");

    /// <summary>A stream of these bytes in memory.</summary>
    public static ComPointer Create(ReadOnlySpan<byte> bytes)
    {
        nint created;
        ComPointer.Check(Ole32.CreateStreamOnHGlobal(0, 1, &created));
        var stream = new ComPointer(created);
        fixed (byte* pointer = bytes)
        {
            uint written;
            var write = (delegate* unmanaged<nint, byte*, uint, uint*, int>)stream.Method(PlaceWrite);
            ComPointer.Check(write(stream.Pointer, pointer, (uint)bytes.Length, &written));
        }

        return stream;
    }

    /// <summary>Reads an object's stream from its beginning, no more than so many bytes and one. Null when it is no
    /// stream.</summary>
    public static byte[]? Read(ComPointer target, int bytesMax)
    {
        if (Marshal.QueryInterface(target.Pointer, in Id, out var shared) != 0) return null;
        using var original = new ComPointer(shared);

        // Of its own: the place where the next read begins is otherwise shared with every other reader.
        nint cloned;
        var clone = (delegate* unmanaged<nint, nint*, int>)original.Method(PlaceClone);
        ComPointer.Check(clone(original.Pointer, &cloned));
        using var stream = new ComPointer(cloned);
        ComPointer.Check(Rewind(stream));

        using var bytes = new MemoryStream();
        var chunk = new byte[ReadBytes];
        while (bytes.Length <= bytesMax)
        {
            var count = Read(stream, chunk);
            if (count == 0) break;
            bytes.Write(chunk, 0, count);
        }

        return bytes.ToArray();
    }

    private static int Rewind(ComPointer stream)
    {
        const int PlaceSeek = 5;
        var seek = (delegate* unmanaged<nint, long, uint, ulong*, int>)stream.Method(PlaceSeek);
        return seek(stream.Pointer, 0, 0, null);
    }

    private static int Read(ComPointer stream, byte[] chunk)
    {
        uint count = 0;
        fixed (byte* pointer = chunk)
        {
            var read = (delegate* unmanaged<nint, byte*, uint, uint*, int>)stream.Method(PlaceRead);
            ComPointer.Check(read(stream.Pointer, pointer, (uint)chunk.Length, &count));
        }

        return (int)Math.Min(count, (uint)chunk.Length);
    }
}
