using System.Globalization;

namespace Culvert.Collector.Configuration;

/// <summary>Bytes as people write them: <c>512</c>, <c>64MiB</c>, <c>1.5 GiB</c>. KiB, MiB, GiB and TiB are powers of
/// 1,024 (IEC 80000-13); kB, MB, GB and TB of 1,000.</summary>
internal static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        var factor = 1L;
        foreach (var (unit, size) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            factor = size;
            text = text[..^unit.Length].TrimEnd();
            break;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number > long.MaxValue / factor) return false;
        bytes = (long)(number * factor);
        return true;
    }

    /// <summary>The shortest text that reads back as the same number: <c>64MiB</c>.</summary>
    public static string Format(long bytes)
    {
        foreach (var (unit, size) in Units.AsSpan(0, 4))
        {
            if (bytes >= size && bytes % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
