using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>A journal's file as its reader sees it: reads that end where the file ends are damage, and writes never
/// make it grow.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class JournalFile(string path, SafeFileHandle file) : IDisposable
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    public string Path { get; } = path;

    /// <summary>Bytes of the ring, once the header was read.</summary>
    public int Capacity { get; set; }

    public long Bytes => RandomAccess.GetLength(file);

    public bool TryLock() => JournalSystem.Current.TryLock(file);

    public void Read(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var count = RandomAccess.Read(file, target, offset);
            if (count == 0) throw Damaged("was cut");
            offset += count;
            target = target[count..];
        }
    }

    public ulong ReadField(int offset)
    {
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        Read(offset, field);
        return BinaryPrimitives.ReadUInt64LittleEndian(field);
    }

    public void ReadRing(ulong position, Span<byte> target)
    {
        var inRing = InRing(position);
        var first = Math.Min(target.Length, Capacity - inRing);
        Read(JournalLayout.DataOffset + inRing, target[..first]);
        if (first < target.Length) Read(JournalLayout.DataOffset, target[first..]);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        // Written behind a new end, the file would grow again, and hide that it was cut.
        if (Bytes != JournalLayout.FileBytes(Capacity)) throw Damaged("was cut");
        RandomAccess.Write(file, bytes, offset);
    }

    public void ZeroRing(ulong from, ulong end)
    {
        for (var at = from; at < end;)
        {
            var inRing = InRing(at);
            var count = (int)Math.Min((ulong)Math.Min(Zeros.Length, Capacity - inRing), end - at);
            Write(JournalLayout.DataOffset + inRing, Zeros.AsSpan(0, count));
            at += (ulong)count;
        }
    }

    public JournalException Damaged(string what) =>
        new($"'{Path}' is no journal of a program, or is damaged: it {what}.");

    public void Dispose() => file.Dispose();

    private int InRing(ulong position) => (int)(position & ((ulong)Capacity - 1));
}
