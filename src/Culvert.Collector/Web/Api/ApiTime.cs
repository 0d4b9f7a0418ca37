using System.Globalization;

namespace Culvert.Collector.Web.Api;

/// <summary>Times in requests and answers: RFC 3339 with up to nine digits of the second, or nanoseconds since 1970 UTC.</summary>
internal static class ApiTime
{
    private const long NsPerTick = 100;
    private const long NsPerSecond = 1_000_000_000;

    // The first and last whole second that a 64-bit count of nanoseconds can hold.
    private static readonly long SecondsMax = long.MaxValue / NsPerSecond - 1;

    public static bool TryParse(string text, out long timeNs)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out timeNs)) return true;
        if (!TrySplit(text, out var whole, out var fractionNs)) return false;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParse(whole, CultureInfo.InvariantCulture, Styles, out var time)) return false;
        timeNs = Math.Clamp(time.ToUnixTimeSeconds(), -SecondsMax, SecondsMax) * NsPerSecond + fractionNs;
        return true;
    }

    public static string Format(long timeNs)
    {
        var ticks = Math.DivRem(timeNs, NsPerTick, out var restNs);
        if (restNs < 0) (ticks, restNs) = (ticks - 1, restNs + NsPerTick);
        var time = DateTimeOffset.UnixEpoch.AddTicks(ticks);
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss.fffffff}{restNs:00}Z");
    }

    /// <summary>Takes the fraction out, which DateTimeOffset would cut to seven digits.</summary>
    private static bool TrySplit(string text, out string whole, out long fractionNs)
    {
        (whole, fractionNs) = (text, 0);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return text.Contains('-', StringComparison.Ordinal);
        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        var digits = text[(dot + 1)..end];
        if (digits.Length is 0 or > 9) return false;
        fractionNs = long.Parse(digits.PadRight(9, '0'), CultureInfo.InvariantCulture);
        whole = text[..dot] + text[end..];
        return true;
    }
}
