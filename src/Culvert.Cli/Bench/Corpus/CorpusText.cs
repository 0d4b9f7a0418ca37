using System.Buffers.Text;
using System.Globalization;

namespace Culvert.Cli.Bench.Corpus;

/// <summary>Appends text and numbers to one line, without allocating.</summary>
internal sealed class CorpusText
{
    private readonly byte[] _bytes = new byte[8 * 1024];
    private readonly byte[] _date = new byte[64];
    private long _dateSecond = long.MinValue;
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    public CorpusText Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public CorpusText Add(long number)
    {
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out var written);
        _length += written;
        return this;
    }

    /// <summary>A number with leading zeros.</summary>
    public CorpusText AddPadded(int number, int digits)
    {
        for (var i = digits - 1; i >= 0; i--, number /= 10) _bytes[_length + i] = (byte)('0' + number % 10);
        _length += digits;
        return this;
    }

    /// <summary>Lower-case hexadecimal digits.</summary>
    public CorpusText AddHex(ulong value, int digits)
    {
        for (var i = 0; i < digits; i++, value >>= 4) _bytes[_length++] = "0123456789abcdef"u8[(int)(value & 15)];
        return this;
    }

    /// <summary><c>2026-11-22T21:20:01</c>, with what stands between date and time.</summary>
    public CorpusText AddIso(long timeNs, byte separator)
    {
        Refresh(timeNs);
        Add(_date.AsSpan(0, 10));
        _bytes[_length++] = separator;
        return Add(_date.AsSpan(11, 8));
    }

    /// <summary><c>22/Nov/2026:21:20:01</c>.</summary>
    public CorpusText AddCommonLogTime(long timeNs)
    {
        Refresh(timeNs);
        return Add(_date.AsSpan(19, 20));
    }

    private void Refresh(long timeNs)
    {
        var second = timeNs / 1_000_000_000;
        if (second == _dateSecond) return;
        _dateSecond = second;
        var time = DateTimeOffset.FromUnixTimeSeconds(second);
        time.TryFormat(_date, out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        time.TryFormat(_date.AsSpan(19), out _, "dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
