using System.Globalization;

namespace Culvert.Collector.Configuration;

/// <summary>Time spans as people write them: <c>200ms</c>, <c>5s</c>, <c>10m</c>, <c>2h</c>, <c>7d</c>, or several:
/// <c>1h30m</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        if (text.IsEmpty) return false;
        var ticks = 0m;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept("0123456789.");
            if (digits <= 0) return false;
            if (!decimal.TryParse(
                text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            text = text[digits..];
            if (!TryReadUnit(ref text, out var unitTicks)) return false;
            if (number > long.MaxValue / unitTicks) return false;
            ticks += number * unitTicks;
        }

        if (ticks > long.MaxValue) return false;
        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    public static string Format(TimeSpan duration)
    {
        foreach (var (unit, ticks) in Units.AsSpan(1))
        {
            if (duration.Ticks >= ticks && duration.Ticks % ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");
    }

    private static bool TryReadUnit(ref ReadOnlySpan<char> text, out long ticks)
    {
        foreach (var (unit, unitTicks) in Units)
        {
            if (!text.StartsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            text = text[unit.Length..].TrimStart();
            ticks = unitTicks;
            return true;
        }

        ticks = 0;
        return false;
    }
}
