using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Cuts a stream of bytes into lines that end in LF or CRLF. Of a line over the limit the head is kept; the rest is
/// skipped up to its end. Memory is bounded by the limit.
/// </summary>
/// <remarks>Give each chunk to <see cref="TryRead"/> until it returns false, then the next chunk; at the end of the
/// stream take what has no line end with <see cref="TryReadRest"/>. One thread at a time.</remarks>
internal sealed class LineSplitter(int lineBytesMax = LineLimits.LineBytesMax) : ILineCutter
{
    // A CR before the LF belongs to the end, so one byte more than the limit is kept until the LF decides.
    private readonly int _heldBytesMax = lineBytesMax + 1;
    private readonly RecordBuffer _held = new(256);
    private long _rawBytes;
    private bool _mustClear;

    /// <summary>Bytes taken since the last line end, which belong to a line not returned yet.</summary>
    public long PendingBytes => _mustClear ? 0 : _rawBytes;

    /// <summary>Cuts the next line off <paramref name="chunk"/>; false when it holds no further line end and all of it
    /// was taken.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> chunk, out SplitLine line)
    {
        ClearReturned();
        var end = chunk.IndexOf((byte)'\n');
        if (end < 0)
        {
            Hold(chunk);
            chunk = default;
            line = default;
            return false;
        }

        var part = chunk[..end];
        chunk = chunk[(end + 1)..];
        if (_rawBytes == 0)
        {
            line = Finish(part, end + 1);
            return true;
        }

        Hold(part);
        line = Finish(_held.Written, _rawBytes + 1);
        _mustClear = true;
        return true;
    }

    /// <summary>The last line of a stream, when it has no end.</summary>
    public bool TryReadRest(out SplitLine line)
    {
        ClearReturned();
        line = default;
        if (_rawBytes == 0) return false;
        var text = _held.Written;
        line = new SplitLine(text[..Math.Min(text.Length, lineBytesMax)], _rawBytes, _rawBytes > lineBytesMax);
        _mustClear = true;
        return true;
    }

    private SplitLine Finish(ReadOnlySpan<byte> text, long rawBytes)
    {
        var contentBytes = rawBytes - 1;
        if (contentBytes == text.Length && text.EndsWith((byte)'\r'))
        {
            text = text[..^1];
            contentBytes--;
        }

        return new SplitLine(text[..Math.Min(text.Length, lineBytesMax)], rawBytes, contentBytes > lineBytesMax);
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        _rawBytes += bytes.Length;
        var room = _heldBytesMax - _held.Length;
        _held.WriteBytes(bytes[..Math.Min(room, bytes.Length)]);
    }

    private void ClearReturned()
    {
        if (!_mustClear) return;
        _mustClear = false;
        _rawBytes = 0;
        _held.Clear();
    }
}
