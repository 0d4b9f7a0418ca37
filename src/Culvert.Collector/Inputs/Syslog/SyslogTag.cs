namespace Culvert.Collector.Inputs.Syslog;

/// <summary>The tag of an RFC 3164 message: <c>name:</c> or <c>name[process]:</c>, with the space behind it.</summary>
/// <param name="NameLength">Bytes of the name, from the start.</param>
/// <param name="Process">Where the process stands; empty without one.</param>
/// <param name="Length">Bytes of the whole, the space included.</param>
internal readonly record struct SyslogTag(int NameLength, Range Process, int Length)
{
    /// <summary>Longest tag that is believed to be one. The RFC says 32; programs with long names write more.</summary>
    private const int BytesMax = 128;

    public static bool TryParse(ReadOnlySpan<byte> text, out SyslogTag tag)
    {
        tag = default;
        var head = text[..Math.Min(text.Length, BytesMax)];
        var end = head.IndexOfAny(" :["u8);
        if (end <= 0 || head[end] == ' ') return false;
        var process = 0..0;
        var colon = end;
        if (head[end] == '[')
        {
            var close = head.IndexOf((byte)']');
            if (close < end) return false;
            process = (end + 1)..close;
            colon = close + 1;
        }

        // 'name[process]' without a colon is seen as well; a colon inside a word, as in 'http://', makes no tag.
        var hasColon = colon < text.Length && text[colon] == ':';
        var length = hasColon ? colon + 1 : colon;
        if (!hasColon && process.Equals(0..0)) return false;
        if (length < text.Length && text[length] != ' ') return false;
        tag = new SyslogTag(end, process, Math.Min(length + 1, text.Length));
        return true;
    }
}
