using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Collector.Query;

/// <summary>
/// An instant as people write it: <c>15m</c>, <c>2h ago</c>, <c>now</c>, <c>today</c>, <c>yesterday</c>, <c>14:05</c>,
/// <c>2026-01-02</c>, <c>2026-01-02 03:04:05</c>, RFC 3339 (to the nanosecond), or seconds, milliseconds or nanoseconds
/// since 1970. What names no time zone is in the clock's local one.
/// </summary>
internal static class TimeExpression
{
    private static readonly string[] LocalFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
    ];

    private static readonly string[] ZonedFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
    ];

    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond, ["sec"] = TimeSpan.TicksPerSecond, ["second"] = TimeSpan.TicksPerSecond,
        ["seconds"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute, ["min"] = TimeSpan.TicksPerMinute, ["minute"] = TimeSpan.TicksPerMinute,
        ["minutes"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour, ["hour"] = TimeSpan.TicksPerHour, ["hours"] = TimeSpan.TicksPerHour,
        ["d"] = TimeSpan.TicksPerDay, ["day"] = TimeSpan.TicksPerDay, ["days"] = TimeSpan.TicksPerDay,
        ["w"] = 7 * TimeSpan.TicksPerDay, ["week"] = 7 * TimeSpan.TicksPerDay, ["weeks"] = 7 * TimeSpan.TicksPerDay,
    };

    /// <summary>Reads an instant, in ns since 1970 UTC.</summary>
    /// <param name="text">What the person wrote.</param>
    /// <param name="clock">Says what now is, and the local time zone.</param>
    /// <param name="unixNs">The instant.</param>
    /// <param name="problem">One sentence for the person.</param>
    public static bool TryParse(
        string? text, TimeProvider clock, out long unixNs, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var trimmed = (text ?? "").Trim();
        if (TryParseWord(trimmed, clock, out unixNs) || TryParseAgo(trimmed, clock, out unixNs)
            || TryParseDate(trimmed, clock, out unixNs) || TryParseNumber(trimmed, out unixNs)) return true;
        var shown = trimmed.Length <= 40 ? trimmed : trimmed[..40] + "…";
        problem = $"'{shown}' is no time; write 15m, 2h ago, yesterday, 14:05, 2026-01-31 or 2026-01-31T14:05:00Z.";
        return false;
    }

    private static bool TryParseWord(string text, TimeProvider clock, out long unixNs)
    {
        var now = clock.GetUtcNow();
        unixNs = 0;
        switch (text.ToLowerInvariant())
        {
            case "now":
                return TryGetNs(now.UtcTicks, 0, out unixNs);
            case "today":
                return TryGetLocal(Today(clock), 0, clock, out unixNs);
            case "yesterday":
                return TryGetLocal(Today(clock).AddDays(-1), 0, clock, out unixNs);
        }

        string[] formats = ["H:mm", "H:mm:ss"];
        if (!TimeOnly.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return false;
        return TryGetLocal(Today(clock).Add(time.ToTimeSpan()), 0, clock, out unixNs);
    }

    /// <summary>One or more of number and unit, with or without 'ago' behind or a minus before: 1h30m, 2 hours ago,
    /// -5m.</summary>
    private static bool TryParseAgo(string text, TimeProvider clock, out long unixNs)
    {
        unixNs = 0;
        var rest = text.AsSpan().TrimStart('-');
        if (text.Length - rest.Length > 1) return false;
        if (rest.EndsWith("ago", StringComparison.OrdinalIgnoreCase)) rest = rest[..^3].TrimEnd();
        if (rest.IsEmpty) return false;
        var ticks = 0d;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0) return false;
            if (!double.TryParse(
                rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var number)) return false;
            rest = rest[digits..].TrimStart();
            var letters = rest.IndexOfAnyExceptInRange('A', 'z');
            var unit = letters < 0 ? rest : rest[..letters];
            if (!Units.TryGetValue(unit.ToString(), out var unitTicks)) return false;
            ticks += number * unitTicks;
            rest = rest[unit.Length..].TrimStart();
        }

        return ticks < TimeSpan.MaxValue.Ticks / 4d
            && TryGetNs(clock.GetUtcNow().UtcTicks - (long)ticks, 0, out unixNs);
    }

    private static bool TryParseDate(string text, TimeProvider clock, out long unixNs)
    {
        unixNs = 0;
        if (!TryTakeFraction(ref text, out var ns)) return false;
        var culture = CultureInfo.InvariantCulture;
        if (DateTime.TryParseExact(text, LocalFormats, culture, DateTimeStyles.None, out var local))
            return TryGetLocal(local, ns, clock, out unixNs);
        var isZoned = DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(), ZonedFormats, culture, DateTimeStyles.AssumeUniversal, out var zoned);
        return isZoned && TryGetNs(zoned.UtcTicks, ns, out unixNs);
    }

    /// <summary>Takes the fraction of a second out of the text: .NET's own instants end at 100 ns.</summary>
    private static bool TryTakeFraction(ref string text, out long ns)
    {
        ns = 0;
        var dot = text.IndexOf('.');
        if (dot < 0) return true;
        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end - dot - 1 is 0 or > 9) return false;
        ns = long.Parse(text.AsSpan(dot + 1, end - dot - 1), CultureInfo.InvariantCulture);
        for (var i = end - dot - 1; i < 9; i++) ns *= 10;
        text = text[..dot] + text[end..];
        return true;
    }

    private static bool TryParseNumber(string text, out long unixNs)
    {
        unixNs = 0;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        long? scale = text.Length switch { 10 => 1_000_000_000, 13 => 1_000_000, 19 => 1, _ => null };
        if (scale is null) return false;
        var value = (Int128)number * scale.Value;
        if (value > long.MaxValue) return false;
        unixNs = (long)value;
        return true;
    }

    private static DateTime Today(TimeProvider clock) =>
        DateTime.SpecifyKind(clock.GetLocalNow().Date, DateTimeKind.Unspecified);

    private static bool TryGetLocal(DateTime local, long ns, TimeProvider clock, out long unixNs) =>
        TryGetNs(local.Ticks - clock.LocalTimeZone.GetUtcOffset(local).Ticks, ns, out unixNs);

    private static bool TryGetNs(long utcTicks, long ns, out long unixNs)
    {
        var value = (Int128)(utcTicks - DateTime.UnixEpoch.Ticks) * 100 + ns;
        unixNs = (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
        return value == unixNs;
    }
}
