using Culvert.Collector.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Cuts a stream into syslog messages; source: RFC 6587. Each frame is told apart by its first byte: a digit begins an
/// octet count (<c>12 &lt;13&gt;hi there</c>), anything else a message that ends with LF or NUL. Of a message over the
/// limit the head is kept and the rest skipped, so a count of 2 GB holds no memory and harms its own sender only.
/// </summary>
/// <remarks>Used as <see cref="LineSplitter"/> is.</remarks>
internal sealed class SyslogFramer(int messageBytesMax = LineLimits.LineBytesMax) : ILineCutter
{
    private const int CountDigitsMax = 10;

    private readonly RecordBuffer _held = new(1024);
    private State _state;
    private long _left;
    private long _rawBytes;
    private bool _isCut;
    private bool _mustClear;

    private enum State
    {
        Between,
        Count,
        Counted,
        Delimited,
    }

    public bool TryRead(ref ReadOnlySpan<byte> chunk, out SplitLine line)
    {
        ClearReturned();
        while (!chunk.IsEmpty)
        {
            var isComplete = _state switch
            {
                State.Between => SkipToMessage(ref chunk),
                State.Count => ReadCount(ref chunk),
                State.Counted => ReadCounted(ref chunk),
                _ => ReadDelimited(ref chunk),
            };
            if (!isComplete) continue;
            line = Finish();
            return true;
        }

        line = default;
        return false;
    }

    public bool TryReadRest(out SplitLine line)
    {
        ClearReturned();
        line = default;
        if (_held.Length == 0) return false;
        // A counted message that ended early is kept, as far as it came, and marked.
        _isCut |= _state == State.Counted;
        line = Finish();
        return true;
    }

    private bool SkipToMessage(ref ReadOnlySpan<byte> chunk)
    {
        var first = chunk[0];
        if (first is (byte)'\n' or (byte)'\r' or (byte)'\0' or (byte)' ')
        {
            _rawBytes++;
            chunk = chunk[1..];
            return false;
        }

        _state = first is >= (byte)'1' and <= (byte)'9' ? State.Count : State.Delimited;
        _left = 0;
        return false;
    }

    private bool ReadCount(ref ReadOnlySpan<byte> chunk)
    {
        var next = chunk[0];
        if (next is >= (byte)'0' and <= (byte)'9' && _held.Length < CountDigitsMax)
        {
            _left = _left * 10 + (next - '0');
            Hold(chunk[..1]);
            chunk = chunk[1..];
            return false;
        }

        if (next != ' ')
        {
            // No count after all: the digits are the beginning of a text.
            _state = State.Delimited;
            return false;
        }

        _held.Clear();
        _rawBytes++;
        chunk = chunk[1..];
        _state = State.Counted;
        return false;
    }

    private bool ReadCounted(ref ReadOnlySpan<byte> chunk)
    {
        var part = chunk[..(int)Math.Min(_left, chunk.Length)];
        Hold(part);
        _left -= part.Length;
        chunk = chunk[part.Length..];
        return _left == 0;
    }

    private bool ReadDelimited(ref ReadOnlySpan<byte> chunk)
    {
        var end = chunk.IndexOfAny((byte)'\n', (byte)'\0');
        Hold(end < 0 ? chunk : chunk[..end]);
        if (end >= 0) _rawBytes++;
        chunk = end < 0 ? default : chunk[(end + 1)..];
        return end >= 0;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        _rawBytes += bytes.Length;
        var taken = Math.Min(messageBytesMax - _held.Length, bytes.Length);
        _held.WriteBytes(bytes[..taken]);
        _isCut |= taken < bytes.Length;
    }

    private SplitLine Finish()
    {
        _state = State.Between;
        _mustClear = true;
        return new SplitLine(_held.Written.TrimEnd((byte)'\r'), _rawBytes, _isCut);
    }

    private void ClearReturned()
    {
        if (!_mustClear) return;
        _mustClear = false;
        _held.Clear();
        _rawBytes = 0;
        _isCut = false;
    }
}
