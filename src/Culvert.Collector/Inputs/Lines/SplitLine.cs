namespace Culvert.Collector.Inputs.Lines;

/// <summary>One line, without its end.</summary>
/// <param name="text">The bytes, at most the limit; valid until the splitter is called again.</param>
/// <param name="rawBytes">Bytes it took in the stream, its end and what was skipped included.</param>
/// <param name="isCut">Whether something was skipped.</param>
internal readonly ref struct SplitLine(ReadOnlySpan<byte> text, long rawBytes, bool isCut)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    public long RawBytes { get; } = rawBytes;

    public bool IsCut { get; } = isCut;
}
