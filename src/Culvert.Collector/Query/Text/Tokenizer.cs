namespace Culvert.Collector.Query.Text;

/// <summary>
/// Splits UTF-8 text into words as Unicode UAX #29 (rules WB3 to WB16) and Lucene's standard tokenizer do: runs of
/// letters
/// and digits, with a point or colon between letters and a point or comma between digits; the underscore joins; Han and
/// Hiragana singly; Katakana, Thai, Khmer, Lao and Myanmar in runs; emoji. Invalid UTF-8 ends a word.
/// </summary>
/// <remarks>Nothing is allocated. Tokens are ranges of the text, not folded.</remarks>
internal ref struct Tokenizer(ReadOnlySpan<byte> text, int position = 0)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next = position;

    public int Start { get; private set; }

    public int End => _next;

    public readonly ReadOnlySpan<byte> Current => _text[Start.._next];

    public bool MoveNext()
    {
        var text = _text;
        var i = _next;
        while ((uint)i < (uint)text.Length)
        {
            var current = text[i];
            if (current >= 0x80)
            {
                var end = WordScanner.Scan(text, i, out var isWord);
                if (isWord) return Found(i, end);
                i = end;
                continue;
            }

            if (WordClasses.OfAscii(current) is not (WordClass.Letter or WordClass.Digit or WordClass.Joiner))
            {
                i++;
                continue;
            }

            if (TryScanAscii(text, i, out var asciiEnd, out var hasText))
            {
                if (hasText) return Found(i, asciiEnd);
                i = asciiEnd;
                continue;
            }

            var slowEnd = WordScanner.Scan(text, i, out var isSlowWord);
            if (isSlowWord) return Found(i, slowEnd);
            i = slowEnd;
        }

        _next = text.Length;
        return false;
    }

    /// <summary>The end of the word that begins at <paramref name="start"/> with an ASCII word character; false where a
    /// character outside ASCII has a say in it.</summary>
    private static bool TryScanAscii(ReadOnlySpan<byte> text, int start, out int end, out bool hasText)
    {
        hasText = false;
        var last = WordClass.Other;
        var limit = Math.Min(text.Length, start + QueryLimits.TokenLengthMax);
        for (end = start; end < limit; end++)
        {
            var current = text[end];
            if (current >= 0x80) return false;
            var kind = WordClasses.OfAscii(current);
            if (kind is WordClass.Letter or WordClass.Digit)
            {
                hasText = true;
                last = kind;
            }
            else if (kind == WordClass.Joiner)
            {
                last = kind;
            }
            else
            {
                if (!Joins(last, kind)) return true;
                if (end + 1 == text.Length) return true;
                var next = text[end + 1];
                if (next >= 0x80) return false;
                if (WordClasses.OfAscii(next) != last) return true;
            }
        }

        // A character behind the text's end or behind the cut cannot join, except a mark that belongs to the last one.
        return end == text.Length || end - start == QueryLimits.TokenLengthMax;
    }

    private static bool Joins(WordClass last, WordClass middle) => middle switch
    {
        WordClass.MidBoth => last is WordClass.Letter or WordClass.Digit,
        WordClass.MidLetter => last == WordClass.Letter,
        WordClass.MidDigit => last == WordClass.Digit,
        _ => false,
    };

    private bool Found(int start, int end)
    {
        Start = start;
        _next = end;
        return true;
    }
}
