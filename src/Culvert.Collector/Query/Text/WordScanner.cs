using System.Text;

namespace Culvert.Collector.Query.Text;

/// <summary>Finds the end of one word in any text: the rules of UAX #29, a character at a time. The tokenizer takes it
/// where ASCII alone does not decide.</summary>
internal static class WordScanner
{
    /// <summary>The end of what begins at <paramref name="start"/>: of a word, or of a character that is in no
    /// word.</summary>
    public static int Scan(ReadOnlySpan<byte> text, int start, out bool isWord)
    {
        var last = Read(text, start, out var end);
        isWord = IsText(last);
        if (!isWord && last != WordClass.Joiner) return end;
        var (length, flagOpen, joined) = (1, last == WordClass.RegionalIndicator, false);
        while (end < text.Length)
        {
            var next = Read(text, end, out var nextEnd);
            if (next == WordClass.Extend)
            {
                joined = IsZeroWidthJoiner(text[end..nextEnd]);
            }
            else
            {
                if (!Continues(text, last, next, nextEnd, joined, flagOpen)) break;
                flagOpen = false;
                joined = false;
                isWord |= IsText(next);
                last = IsMiddle(next) ? last : next;
            }

            if (++length > QueryLimits.TokenLengthMax) break;
            end = nextEnd;
        }

        return end;
    }

    private static bool Continues(
        ReadOnlySpan<byte> text, WordClass last, WordClass next, int nextEnd, bool joined, bool flagOpen)
    {
        var isLetter = last is WordClass.Letter or WordClass.HebrewLetter;
        switch (next)
        {
            case WordClass.Letter or WordClass.HebrewLetter or WordClass.Digit:
                return isLetter || last is WordClass.Digit or WordClass.Joiner;
            case WordClass.Katakana:
                return last is WordClass.Katakana or WordClass.Joiner;
            case WordClass.Joiner:
                return isLetter || last is WordClass.Digit or WordClass.Katakana or WordClass.Joiner;
            case WordClass.SouthEastAsian:
                return last == WordClass.SouthEastAsian;
            case WordClass.Emoji:
                return joined && last == WordClass.Emoji;
            case WordClass.RegionalIndicator:
                return last == WordClass.RegionalIndicator && flagOpen;
            case WordClass.MidBoth or WordClass.MidLetter or WordClass.MidDigit or WordClass.DoubleQuote:
                return ContinuesBehind(text, last, isLetter, next, nextEnd);
            default:
                return false;
        }
    }

    /// <summary>A middle character joins what stands on both sides of it (WB6, WB7, WB11, WB12, and WB7a to
    /// WB7c).</summary>
    private static bool ContinuesBehind(
        ReadOnlySpan<byte> text, WordClass last, bool isLetter, WordClass middle, int at)
    {
        if (last == WordClass.HebrewLetter && middle == WordClass.MidBoth && text[at - 1] == '\'') return true;
        var next = WordClass.Extend;
        while (at < text.Length && next == WordClass.Extend) next = Read(text, at, out at);
        if (middle == WordClass.DoubleQuote) return last == WordClass.HebrewLetter && next == WordClass.HebrewLetter;
        if (isLetter && middle != WordClass.MidDigit) return next is WordClass.Letter or WordClass.HebrewLetter;
        return last == WordClass.Digit && middle != WordClass.MidLetter && next == WordClass.Digit;
    }

    private static bool IsText(WordClass kind) =>
        kind is WordClass.Letter or WordClass.HebrewLetter or WordClass.Digit or WordClass.Katakana or WordClass.Single
            or WordClass.SouthEastAsian or WordClass.Emoji or WordClass.RegionalIndicator;

    private static bool IsMiddle(WordClass kind) =>
        kind is WordClass.MidBoth or WordClass.MidLetter or WordClass.MidDigit or WordClass.DoubleQuote;

    private static bool IsZeroWidthJoiner(ReadOnlySpan<byte> character) => character.SequenceEqual("\u200D"u8);

    private static WordClass Read(ReadOnlySpan<byte> text, int at, out int end)
    {
        var status = Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
        end = at + length;
        return status == System.Buffers.OperationStatus.Done ? WordClasses.Of(rune) : WordClass.Other;
    }
}
