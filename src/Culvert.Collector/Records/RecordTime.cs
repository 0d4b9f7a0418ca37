using System.Globalization;

namespace Culvert.Collector.Records;

/// <summary>Instants in nanoseconds since 1970 as RFC 3339 text in UTC; source: RFC 3339, section 5.6.</summary>
internal static class RecordTime
{
    /// <summary>Length of <c>2026-01-02T03:04:05.123456789Z</c>.</summary>
    public const int TextLength = 30;

    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Writes all nine digits, so that text sorts as the instants do. A long reaches from 1677 to
    /// 2262.</summary>
    public static ReadOnlySpan<byte> Format(long unixNs, Span<byte> buffer)
    {
        var seconds = Math.DivRem(unixNs, NsPerSecond, out var ns);
        if (ns < 0) (seconds, ns) = (seconds - 1, ns + NsPerSecond);
        var whole = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        whole.TryFormat(buffer, out _, "yyyy-MM-dd'T'HH:mm:ss.", CultureInfo.InvariantCulture);
        ns.TryFormat(buffer[20..], out _, "D9", CultureInfo.InvariantCulture);
        buffer[29] = (byte)'Z';
        return buffer[..TextLength];
    }

    public static DateTimeOffset ToDateTime(long unixNs) =>
        DateTimeOffset.UnixEpoch.AddTicks(unixNs / 100 - (unixNs % 100 < 0 ? 1 : 0));
}
