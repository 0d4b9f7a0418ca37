using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Makes a record of a line without structure: the body is the line as it is; the time is read off its beginning and
/// the level guessed from its first words, both only where they are unmistakable.
/// </summary>
internal sealed class PlainLineMapper(TimeZoneInfo zone)
{
    /// <param name="line">Valid UTF-8; the first line decides where there are several.</param>
    /// <param name="draft">Where the record is written.</param>
    public void Map(ReadOnlySpan<byte> line, RecordDraft draft)
    {
        draft.SetBody(line);
        var head = FirstLine(line);
        var timeAt = head is [(byte)'[' or (byte)'(', ..] ? 1 : 0;
        if (TimestampParser.TryParseLeading(head[timeAt..], zone, out var timeNs, out var length))
        {
            draft.TimeNs = timeNs;
            head = head[(timeAt + length)..];
            if (timeAt == 1 && head is [(byte)']' or (byte)')', ..]) head = head[1..];
        }

        draft.Severity = GuessSeverity(head);
    }

    /// <summary>
    /// The level that stands in brackets (<c>[warn]</c>), before a colon (<c>error:</c>), in capitals (<c>WARN</c>) or
    /// as
    /// <c>level=info</c> among the first words; Unspecified when none does.
    /// </summary>
    public static Severity GuessSeverity(ReadOnlySpan<byte> line)
    {
        line = FirstLine(line);
        if (line.Length > LineLimits.LevelHeadBytesMax) line = line[..LineLimits.LevelHeadBytesMax];
        if (TryKernelLogLetter(line, out var severity)) return severity;
        for (var words = 0; words < LineLimits.LevelWordsMax; words++)
        {
            line = line.TrimStart(" \t"u8);
            if (line.IsEmpty) break;
            var end = line.IndexOfAny((byte)' ', (byte)'\t');
            var word = end < 0 ? line : line[..end];
            if (TryWord(word, out severity)) return severity;
            line = end < 0 ? default : line[end..];
        }

        return Severity.Unspecified;
    }

    private static bool TryWord(ReadOnlySpan<byte> word, out Severity severity)
    {
        severity = Severity.Unspecified;
        var equals = word.IndexOf((byte)'=');
        if (equals > 0)
        {
            var key = word[..equals];
            return (key.SequenceEqual("level"u8) || key.SequenceEqual("lvl"u8) || key.SequenceEqual("severity"u8))
                && SeverityWords.TryParse(word[(equals + 1)..].Trim("\"'"u8), out severity);
        }

        var isMarked = word[0] is (byte)'[' or (byte)'(' or (byte)'<' or (byte)'|' or (byte)'*';
        word = word.TrimStart("[(<|*"u8);
        var end = word.IndexOfAnyExceptInRange((byte)'A', (byte)'z');
        if (end == 0) return false;
        if (end > 0)
        {
            // 'name]' and 'name:' are marks; 'error.log' and 'info-box' are words of their own.
            if (!"])>|*:,"u8.Contains(word[end])) return false;
            isMarked |= word[end] == ':';
            word = word[..end];
        }

        word = word.TrimEnd("]"u8);
        var isCapital = word.Length >= 3 && !word.ContainsAnyExceptInRange((byte)'A', (byte)'Z');
        return (isMarked || isCapital) && SeverityWords.TryParse(word, out severity);
    }

    /// <summary>The head that glog and klog write: a letter and month and day, as in <c>E1122
    /// 10:20:30.000000</c>.</summary>
    private static bool TryKernelLogLetter(ReadOnlySpan<byte> line, out Severity severity)
    {
        severity = Severity.Unspecified;
        return line.Length >= 14 && line[0] is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F'
            && line[5] == ' ' && TimestampParser.TryDigits(line[1..5], out _)
            && TimestampParser.TryReadTimeOfDay(line[6..], out _, out _)
            && SeverityWords.TryParseLetter(line[..1], out severity);
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..end];
    }
}
