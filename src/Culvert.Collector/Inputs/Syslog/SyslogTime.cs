using Culvert.Collector.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Reads the time at the beginning of an RFC 3164 message: <c>Nov 22 21:05:00</c>, with a fraction, with a year before
/// or after the time of day, or as ISO 8601. Without a zone it is local; without a year it is the latest that is no
/// more than a day ahead of the clock, so that December's messages that come in January are not eleven months early.
/// </summary>
internal sealed class SyslogTime(TimeProvider time)
{
    private const long NsPerSecond = 1_000_000_000;
    private const long NsPerDay = 86_400 * NsPerSecond;

    /// <param name="text">What follows the priority.</param>
    /// <param name="timeNs">Nanoseconds since 1970 UTC.</param>
    /// <param name="length">Bytes read, a colon behind the time included, which some routers write.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out long timeNs, out int length)
    {
        if (!TimestampParser.TryParseLeading(text, time.LocalTimeZone, out timeNs, out length)
            && !TryParseOld(text, out timeNs, out length)) return false;
        if (length < text.Length && text[length] == ':') length++;
        return length == text.Length || text[length] == ' ';
    }

    private static bool TryMonth(ReadOnlySpan<byte> text, out int month)
    {
        var index = "janfebmaraprmayjunjulaugsepoctnovdec"u8.IndexOf(
            [(byte)(text[0] | 0x20), (byte)(text[1] | 0x20), (byte)(text[2] | 0x20)]);
        month = index / 3 + 1;
        return index >= 0 && index % 3 == 0;
    }

    private bool TryParseOld(ReadOnlySpan<byte> text, out long timeNs, out int length)
    {
        timeNs = 0;
        length = 0;
        if (text.Length < 14 || !TryMonth(text, out var month) || text[3] != ' ') return false;
        var at = text[4] == ' ' ? 5 : 4;
        var digits = text[at + 1] == ' ' ? 1 : 2;
        if (!TimestampParser.TryDigits(text.Slice(at, digits), out var day) || text[at + digits] != ' ') return false;
        at += digits + 1;

        var year = ReadYear(text[at..], ' ', out var yearLength);
        at += yearLength;
        if (!TimestampParser.TryReadTimeOfDay(text[at..], out var timeOfDayNs, out var timeLength)) return false;
        length = at + timeLength;
        if (year is null && length < text.Length && text[length] == ' ')
        {
            year = ReadYear(text[(length + 1)..], ' ', out yearLength);
            if (year is not null) length += yearLength;
        }

        return year is { } known
            ? TryResolve(known, month, (int)day, timeOfDayNs, out timeNs)
            : TryGuess(month, (int)day, timeOfDayNs, out timeNs);
    }

    private static int? ReadYear(ReadOnlySpan<byte> text, char end, out int length)
    {
        length = 0;
        if (text.Length < 5 || text[4] != end || !TimestampParser.TryDigits(text[..4], out var year)) return null;
        if (year is < 1970 or > 2261) return null;
        length = 5;
        return (int)year;
    }

    private bool TryGuess(int month, int day, long timeOfDayNs, out long timeNs)
    {
        var latest = UnixTime.NowNs(time) + NsPerDay;
        var thisYear = time.GetUtcNow().Year;
        for (var year = thisYear + 1; year >= thisYear - 1; year--)
        {
            if (TryResolve(year, month, day, timeOfDayNs, out timeNs) && timeNs <= latest) return true;
        }

        timeNs = 0;
        // The 29th of February may lie further back.
        return TryResolve(thisYear - thisYear % 4, month, day, timeOfDayNs, out timeNs);
    }

    private bool TryResolve(int year, int month, int day, long timeOfDayNs, out long timeNs)
    {
        timeNs = 0;
        if (!TimestampParser.TryDays(year, month, day, out var days)) return false;
        var localNs = days * NsPerDay + timeOfDayNs;
        timeNs = localNs - TimestampParser.OffsetOf(time.LocalTimeZone, localNs) * NsPerSecond;
        return timeNs > 0;
    }
}
