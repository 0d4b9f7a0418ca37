using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Culvert.Records;

/// <summary>A byte array that grows, with the primitives of <see cref="RecordLayout"/>. One thread at a time.</summary>
internal sealed class RecordBuffer(int capacityBytes = 4096)
{
    private byte[] _bytes = new byte[capacityBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void WriteInt64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    public void WriteDouble(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a value as text that does not depend on a culture. False, and then nothing is written, when it
    /// is longer than 64 bytes.</summary>
    public bool TryWriteFormatted<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Reserve(64);
        if (!value.TryFormat(_bytes.AsSpan(Length, 64), out var count, default, CultureInfo.InvariantCulture))
            return false;
        Length += count;
        return true;
    }

    public void WriteVarint(ulong value)
    {
        Reserve(Varint.BytesMax);
        Length += Varint.Write(_bytes.AsSpan(Length), value);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Writes UTF-8 text, cut at a character if over the limit. Returns false when it was cut.</summary>
    public bool WriteString(ReadOnlySpan<byte> utf8, int bytesMax)
    {
        var whole = utf8.Length <= bytesMax;
        if (!whole) utf8 = utf8[..CutAtCharacter(utf8, bytesMax)];
        Reserve(Varint.BytesMax + utf8.Length);
        var at = Length + Varint.Write(_bytes.AsSpan(Length), (ulong)utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(at));
        Length = at + utf8.Length;
        return whole;
    }

    /// <summary>Writes text as UTF-8, cut at a character if over the limit; lone surrogates become U+FFFD. Returns
    /// false when it was cut.</summary>
    public bool WriteString(ReadOnlySpan<char> text, int bytesMax)
    {
        // Most strings are shorter than 42 characters, so that even at three bytes each the length takes one byte:
        // they are transcoded in place, in one pass.
        if (text.Length <= 42 && bytesMax >= 127)
        {
            Reserve(1 + text.Length * 3);
            var count = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length + 1));
            _bytes[Length] = (byte)count;
            Length += 1 + count;
            return true;
        }

        return WriteLongString(text, bytesMax);
    }

    /// <summary>Writes text as UTF-8 without a length; lone surrogates become U+FFFD.</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    /// <summary>Leaves room for a number that is written later by <see cref="PatchVarint"/>, and returns
    /// where.</summary>
    public int ReserveVarint(int width)
    {
        Reserve(width);
        var at = Length;
        Length += width;
        return at;
    }

    /// <summary>Writes a varint padded to <paramref name="width"/> bytes at a place that was reserved.</summary>
    public void PatchVarint(int at, int width, int value)
    {
        var place = _bytes.AsSpan(at, width);
        for (var i = 0; i < place.Length - 1; i++, value >>= 7) place[i] = (byte)(value | 0x80);
        place[^1] = (byte)(value & 0x7F);
    }

    public void PatchByte(int at, byte value) => _bytes[at] = value;

    public void PatchBytes(int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan(at, bytes.Length));

    private bool WriteLongString(ReadOnlySpan<char> text, int bytesMax)
    {
        var whole = true;
        var count = Encoding.UTF8.GetByteCount(text);
        if (count > bytesMax)
        {
            whole = false;
            text = text[..CutToBytes(text, bytesMax)];
            count = Encoding.UTF8.GetByteCount(text);
        }

        WriteVarint((ulong)count);
        Reserve(count);
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        return whole;
    }

    private static int CutToBytes(ReadOnlySpan<char> text, int bytesMax)
    {
        var (bytes, index) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > bytesMax) break;
            index += rune.Utf16SequenceLength;
        }

        return index;
    }

    private static int CutAtCharacter(ReadOnlySpan<byte> utf8, int bytesMax)
    {
        var end = bytesMax;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80) end--;
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
}
