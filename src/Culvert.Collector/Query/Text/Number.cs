using System.Buffers.Text;

namespace Culvert.Collector.Query.Text;

/// <summary>A number of a record or a query: a whole number of 64 bits, or else a double. Compared by value,
/// exactly.</summary>
internal readonly struct Number
{
    private const double TwoTo63 = 9223372036854775808.0;

    private readonly bool _isWhole;
    private readonly long _whole;
    private readonly double _real;

    public Number(long value)
    {
        _isWhole = true;
        _whole = value;
    }

    public Number(double value)
    {
        _isWhole = value is >= -TwoTo63 and < TwoTo63 && Math.Floor(value) == value;
        _whole = _isWhole ? (long)value : 0;
        _real = value;
    }

    public bool IsFinite => _isWhole || double.IsFinite(_real);

    /// <summary>The same for equal numbers.</summary>
    public ulong CanonicalBits =>
        _isWhole ? (ulong)_whole : BitConverter.DoubleToUInt64Bits(_real) ^ 0x5555555555555555;

    /// <summary>Reads a decimal number that is the whole text: a sign, digits, a point, an exponent. No spaces, no
    /// separators, no infinity.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Number number)
    {
        number = default;
        if (text.Length is 0 or > QueryLimits.NumberBytesMax) return false;
        var digits = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (digits.IsEmpty || digits[0] is not (>= (byte)'0' and <= (byte)'9' or (byte)'.')) return false;
        if (Utf8Parser.TryParse(text, out long whole, out var consumed) && consumed == text.Length)
        {
            number = new Number(whole);
            return true;
        }

        if (!Utf8Parser.TryParse(text, out double real, out consumed) || consumed != text.Length) return false;
        if (!double.IsFinite(real)) return false;
        number = new Number(real);
        return true;
    }

    /// <summary>Two numbers whose order, the second deciding where the first are equal, is the order of the numbers:
    /// the greatest double that is not above it, and what a whole number is more. Not for NaN, which has no
    /// order.</summary>
    public void ToOrdered(out ulong high, out ushort rest)
    {
        var real = _real;
        rest = 0;
        if (_isWhole)
        {
            real = _whole;
            if (real >= TwoTo63 || (long)real > _whole) real = Math.BitDecrement(real);
            // Above 2^53 doubles stand up to 1024 apart.
            rest = (ushort)(_whole - (long)real);
        }

        var bits = BitConverter.DoubleToUInt64Bits(real);
        high = (bits & 1UL << 63) == 0 ? bits | 1UL << 63 : ~bits;
    }

    /// <summary>Less than, equal to or greater than zero; null where one of them is no number.</summary>
    public int? CompareTo(in Number other)
    {
        if (_isWhole && other._isWhole) return _whole.CompareTo(other._whole);
        if (!_isWhole && !other._isWhole)
            return double.IsNaN(_real) || double.IsNaN(other._real) ? null : _real.CompareTo(other._real);
        return _isWhole ? CompareWhole(_whole, other._real) : -CompareWhole(other._whole, _real);
    }

    private static int? CompareWhole(long whole, double real)
    {
        if (double.IsNaN(real)) return null;
        if (real >= TwoTo63) return -1;
        if (real < -TwoTo63) return 1;
        var floor = (long)Math.Floor(real);
        return whole <= floor ? (whole < floor || Math.Floor(real) != real ? -1 : 0) : 1;
    }
}
