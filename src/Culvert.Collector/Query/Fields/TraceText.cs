namespace Culvert.Collector.Query.Fields;

/// <summary>The ids of a trace context as lower-case hexadecimal text.</summary>
internal static class TraceText
{
    public const int TraceIdLength = 32;
    public const int SpanIdLength = 16;

    public static ReadOnlySpan<byte> TraceId(ReadOnlySpan<byte> trace, Span<byte> buffer) => Hex(trace[..16], buffer);

    public static ReadOnlySpan<byte> SpanId(ReadOnlySpan<byte> trace, Span<byte> buffer) => Hex(trace[16..24], buffer);

    private static ReadOnlySpan<byte> Hex(ReadOnlySpan<byte> bytes, Span<byte> buffer)
    {
        Convert.TryToHexStringLower(bytes, buffer, out var length);
        return buffer[..length];
    }
}
