using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Spool;

/// <summary>A real file.</summary>
internal sealed class FolderFile(SafeFileHandle handle) : ISpoolFile
{
    public long Length => RandomAccess.GetLength(handle);

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

    public int Read(long offset, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var count = RandomAccess.Read(handle, buffer[total..], offset + total);
            if (count == 0) break;
            total += count;
        }

        return total;
    }

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Flush() => FileDurability.Flush(handle);

    public void Dispose() => handle.Dispose();
}
