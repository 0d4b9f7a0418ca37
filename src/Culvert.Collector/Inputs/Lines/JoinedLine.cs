namespace Culvert.Collector.Inputs.Lines;

/// <summary>One record's text: a line, or lines joined by LF.</summary>
/// <param name="text">The bytes; valid until the joiner is called again.</param>
/// <param name="lineCount">How many lines.</param>
/// <param name="firstTag">What the caller gave with the first line.</param>
/// <param name="lastTag">What the caller gave with the last line.</param>
/// <param name="isCut">Whether a line among them was cut.</param>
internal readonly ref struct JoinedLine(ReadOnlySpan<byte> text, int lineCount, long firstTag, long lastTag, bool isCut)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    public int LineCount { get; } = lineCount;

    public long FirstTag { get; } = firstTag;

    public long LastTag { get; } = lastTag;

    public bool IsCut { get; } = isCut;
}
