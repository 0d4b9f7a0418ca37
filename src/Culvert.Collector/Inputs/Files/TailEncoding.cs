using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Collector.Inputs.Files;

/// <summary>How a file writes text, told by its byte order mark: UTF-8 unless it says otherwise.</summary>
internal sealed class TailEncoding
{
    private readonly Encoding? _utf16;
    private readonly ushort _newline;

    private TailEncoding(int markBytes, Encoding? utf16)
    {
        MarkBytes = markBytes;
        _utf16 = utf16;
        var isNative = ReferenceEquals(utf16, Encoding.Unicode) == BitConverter.IsLittleEndian;
        _newline = isNative ? '\n' : BinaryPrimitives.ReverseEndianness('\n');
    }

    public static TailEncoding Utf8 { get; } = new(0, null);

    /// <summary>Bytes of the mark at the beginning of the file.</summary>
    public int MarkBytes { get; }

    /// <summary>Bytes of a line's end.</summary>
    public int NewlineBytes => _utf16 is null ? 1 : 2;

    /// <summary>Null when the file is too short to tell, and may still get a mark.</summary>
    public static TailEncoding? Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) return new TailEncoding(3, null);
        if (head is [0xFF, 0xFE, ..]) return new TailEncoding(2, Encoding.Unicode);
        if (head is [0xFE, 0xFF, ..]) return new TailEncoding(2, Encoding.BigEndianUnicode);
        return head is [] or [0xFF] or [0xFE] or [0xEF] or [0xEF, 0xBB] ? null : Utf8;
    }

    /// <summary>Where the first line's content ends, or -1.</summary>
    public int IndexOfNewline(ReadOnlySpan<byte> bytes)
    {
        if (_utf16 is null) return bytes.IndexOf((byte)'\n');
        var index = MemoryMarshal.Cast<byte, ushort>(bytes).IndexOf(_newline);
        return index < 0 ? -1 : index * 2;
    }

    /// <summary>A line's content as UTF-8, or what was meant to be UTF-8.</summary>
    public ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> line, ref byte[] scratch)
    {
        if (_utf16 is not null)
        {
            var text = _utf16.GetString(line);
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (scratch.Length < most) scratch = new byte[most];
            line = scratch.AsSpan(0, Encoding.UTF8.GetBytes(text, scratch));
        }

        // A writer that was not told of a truncation goes on at its old offset; before it the file is all zeros.
        line = line.TrimStart((byte)0);
        return line.EndsWith((byte)'\r') ? line[..^1] : line;
    }
}
