using System.Buffers.Text;
using System.Globalization;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Reads the times that programs write, as nanoseconds since 1970 UTC: RFC 3339 and its relatives (a space for the T, a
/// comma for the point, slashes in the date, no zone), and numbers of seconds, milli-, micro- or nanoseconds. From 1970
/// to 2261, which is what the number can hold. A time without a zone is in the zone given.
/// </summary>
internal static class TimestampParser
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Reads a time that is the whole text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeZoneInfo zone, out long timeNs) =>
        (TryParseLeading(text, zone, out timeNs, out var length) && length == text.Length)
        || TryParseNumber(text, out timeNs);

    /// <summary>Reads a date and time at the beginning of the text, followed by anything but a letter or
    /// digit.</summary>
    public static bool TryParseLeading(ReadOnlySpan<byte> text, TimeZoneInfo zone, out long timeNs, out int length)
    {
        timeNs = 0;
        length = 0;
        if (!TryReadDate(text, out var days)) return false;
        if (!TryReadTimeOfDay(text[11..], out var timeOfDayNs, out var timeLength)) return false;
        length = 11 + timeLength;
        var localNs = days * 86_400 * NsPerSecond + timeOfDayNs;
        if (TryReadZone(text[length..], out var offsetSeconds, out var zoneLength))
            length += zoneLength;
        else
            offsetSeconds = OffsetOf(zone, localNs);
        timeNs = localNs - offsetSeconds * NsPerSecond;
        return timeNs > 0 && (length == text.Length || !IsWord(text[length]));
    }

    /// <summary>Reads a number, whose size tells its unit: below 1e11 seconds, below 1e14 ms, below 1e17 µs, else
    /// ns.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out long timeNs)
    {
        timeNs = 0;
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length)
        {
            timeNs = whole switch
            {
                <= 0 => 0,
                < 9_200_000_000 => whole * NsPerSecond,
                < 100_000_000_000 => 0,
                < 9_200_000_000_000 => whole * 1_000_000,
                < 100_000_000_000_000 => 0,
                < 9_200_000_000_000_000 => whole * 1_000,
                < 100_000_000_000_000_000 => 0,
                _ => whole,
            };
            return timeNs > 0;
        }

        // Decimal, not double: a double has 53 bits, which is not enough for nanoseconds.
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
        if (number <= 0) return false;
        var scale = number switch
        {
            < 100_000_000_000m => 1_000_000_000m,
            < 100_000_000_000_000m => 1_000_000m,
            < 100_000_000_000_000_000m => 1_000m,
            _ => 1m,
        };
        if (number >= long.MaxValue / scale) return false;
        timeNs = (long)(number * scale);
        return timeNs > 0;
    }

    /// <summary>Days since 1970 of a date in the Gregorian calendar; false when there is no such day.</summary>
    public static bool TryDays(int year, int month, int day, out long days)
    {
        days = 0;
        if (year is < 1970 or > 2261 || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return true;
    }

    /// <summary>Reads hh:mm:ss with an optional fraction; a leap second (60) is the next second.</summary>
    public static bool TryReadTimeOfDay(ReadOnlySpan<byte> text, out long timeNs, out int length)
    {
        timeNs = 0;
        length = 8;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':') return false;
        if (!TryDigits(text[..2], out var hour) || !TryDigits(text[3..5], out var minute)) return false;
        if (!TryDigits(text[6..8], out var second) || hour > 23 || minute > 59 || second > 60) return false;
        timeNs = (hour * 3600 + minute * 60 + second) * NsPerSecond;
        if (text.Length < 10 || text[8] is not ((byte)'.' or (byte)',') || !IsDigit(text[9])) return true;
        var unit = NsPerSecond;
        for (length = 9; length < text.Length && IsDigit(text[length]); length++)
        {
            unit /= 10;
            timeNs += (text[length] - '0') * unit;
        }

        return true;
    }

    /// <summary>How far the zone is ahead of UTC at a local time, in seconds.</summary>
    public static long OffsetOf(TimeZoneInfo zone, long localNs)
    {
        var local = new DateTime(DateTime.UnixEpoch.Ticks + localNs / 100, DateTimeKind.Unspecified);
        return (long)zone.GetUtcOffset(local).TotalSeconds;
    }

    public static bool TryDigits(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!IsDigit(c)) return false;
            value = value * 10 + (c - '0');
        }

        return !text.IsEmpty;
    }

    private static bool TryReadDate(ReadOnlySpan<byte> text, out long days)
    {
        days = 0;
        if (text.Length < 19 || text[4] is not ((byte)'-' or (byte)'/') || text[7] != text[4]) return false;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ' or (byte)'_')) return false;
        return TryDigits(text[..4], out var year) && TryDigits(text[5..7], out var month)
            && TryDigits(text[8..10], out var day)
            && TryDays((int)year, (int)month, (int)day, out days);
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out long offsetSeconds, out int length)
    {
        offsetSeconds = 0;
        length = 0;
        if (text is [(byte)'Z' or (byte)'z', ..])
        {
            length = 1;
            return true;
        }

        if (text is [(byte)' ', (byte)'+' or (byte)'-', ..])
        {
            text = text[1..];
            length = 1;
        }

        if (text is not [(byte)'+' or (byte)'-', _, _, ..] || !TryDigits(text[1..3], out var hours) || hours > 23)
        {
            length = 0;
            return false;
        }

        var sign = text[0] == '-' ? -1 : 1;
        var minutesAt = text.Length > 3 && text[3] == ':' ? 4 : 3;
        long minutes = 0;
        var hasMinutes = text.Length >= minutesAt + 2 && TryDigits(text.Slice(minutesAt, 2), out minutes);
        if (!hasMinutes || minutes > 59) (minutes, minutesAt) = (0, 1);
        length += minutesAt + 2;
        offsetSeconds = sign * (hours * 3600 + minutes * 60);
        return true;
    }

    private static bool IsDigit(byte c) => c is >= (byte)'0' and <= (byte)'9';

    private static bool IsWord(byte c) => IsDigit(c) || char.IsAsciiLetter((char)c);
}
