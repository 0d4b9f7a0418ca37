using System.Text;

namespace Culvert.Collector.Query.Text;

/// <summary>
/// One or more tokens that stand next to each other, the last perhaps a prefix: what a word or quoted text of a query
/// looks for. Compiled once; matching allocates nothing.
/// </summary>
internal sealed class Phrase
{
    private readonly byte[][] _tokens;
    private readonly bool _isPrefix;
    private readonly bool _isAscii;
    private readonly AsciiSearch? _search;

    private Phrase(byte[][] tokens, bool isPrefix)
    {
        _tokens = tokens;
        _isPrefix = isPrefix;
        _isAscii = Array.TrueForAll(tokens, static token => Ascii.IsValid(token));
        var longest = tokens.MaxBy(static token => token.Length) ?? [];
        if (_isAscii && longest.Length > 0) _search = new AsciiSearch(longest);
        CanBeNumber = tokens.Length > 0 && (tokens[0].Length == 0 || char.IsAsciiDigit((char)tokens[0][0]));
    }

    /// <summary>Folded. Empty if the text had no word in it, which matches nothing.</summary>
    public ReadOnlySpan<byte[]> Tokens => _tokens;

    public bool IsEmpty => _tokens.Length == 0;

    /// <summary>Whether the last token stands for every token that begins so.</summary>
    public bool IsPrefix => _isPrefix;

    /// <summary>Whether it can be found in a number as it is printed.</summary>
    public bool CanBeNumber { get; }

    /// <summary>The tokens of a text. Of a prefix, the last token is cut where the text ends, so that <c>10.0.</c>
    /// finds
    /// 10.0.0.1, whose token it begins.</summary>
    public static Phrase Create(ReadOnlySpan<byte> text, bool isPrefix)
    {
        var tokens = new List<byte[]>();
        var lengthBefore = text.Length;
        byte[] padded = isPrefix && !EndsWithToken(text) ? [.. text, FollowingCharacter(text)] : text.ToArray();
        var tokenizer = new Tokenizer(padded);
        while (tokens.Count < QueryLimits.PhraseTokenCountMax && tokenizer.MoveNext())
        {
            var end = Math.Min(tokenizer.End, lengthBefore);
            tokens.Add(TextFold.Fold(padded.AsSpan(tokenizer.Start, Math.Max(0, end - tokenizer.Start))));
        }

        // A prefix of nothing alone would be every token: it says nothing.
        if (isPrefix && tokens is [{ Length: 0 }]) tokens.Clear();
        return new Phrase([.. tokens], isPrefix && tokens.Count > 0);
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (_tokens.Length == 0) return false;
        if (_search is null) return !Ascii.IsValid(text) && TryFind(text, 0, out _, out _);
        var first = _search.IndexIn(text, 0);
        if (first < 0) return false;
        return _tokens.Length == 1 ? MatchesWord(text, first) : TryFind(text, 0, out _, out _);
    }

    /// <summary>Whether the text's bytes allow a match: a cheap first look, over more than one text at once if need
    /// be.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> bytes) =>
        _tokens.Length > 0 && (_search is null || _search.IndexIn(bytes, 0) >= 0);

    /// <summary>Finds the first match at or behind a place where a token may begin.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        Span<int> starts = stackalloc int[_tokens.Length];
        Span<int> ends = stackalloc int[_tokens.Length];
        var tokenizer = new Tokenizer(text, from);
        for (var count = 0; tokenizer.MoveNext(); count++)
        {
            starts[count % _tokens.Length] = tokenizer.Start;
            ends[count % _tokens.Length] = tokenizer.End;
            if (count + 1 < _tokens.Length || !EndsAt(text, starts, ends, count)) continue;
            start = starts[(count + 1) % _tokens.Length];
            end = tokenizer.End;
            return true;
        }

        start = end = -1;
        return false;
    }

    private bool EndsAt(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends, int count)
    {
        for (var i = _tokens.Length - 1; i >= 0; i--, count--)
        {
            var slot = count % _tokens.Length;
            var token = text[starts[slot]..ends[slot]];
            var fits = _isPrefix && i == _tokens.Length - 1
                ? TextFold.StartsWith(token, _tokens[i])
                : TextFold.Equals(token, _tokens[i]);
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>Whether one of the places where the word's bytes stand is a token. What was tokenized once is not
    /// looked
    /// at again, so the work is linear in the text.</summary>
    private bool MatchesWord(ReadOnlySpan<byte> text, int at)
    {
        var word = _tokens[0];
        var floor = 0;
        while (at >= 0)
        {
            if (at < floor)
            {
                at = _search!.IndexIn(text, floor);
                continue;
            }

            switch (CheckBefore(text, floor, at, out var sync))
            {
                case Edge.Inside:
                    at = _search!.IndexIn(text, EndOfRun(text, at + 1, sync + QueryLimits.TokenLengthMax));
                    continue;
                case Edge.Clear when IsClearAfter(text, at + word.Length):
                    return true;
            }

            // Undecided by the neighbours: split from a place where a token surely may begin.
            var tokenizer = new Tokenizer(text, sync);
            var isAny = tokenizer.MoveNext();
            while (isAny && tokenizer.End <= at) isAny = tokenizer.MoveNext();
            if (isAny && tokenizer.Start == at)
            {
                var fits = _isPrefix
                    ? TextFold.StartsWith(tokenizer.Current, word)
                    : tokenizer.End == at + word.Length;
                if (fits) return true;
            }

            floor = Math.Max(tokenizer.End, at + 1);
            at = _search!.IndexIn(text, floor);
        }

        return false;
    }

    private static int EndOfRun(ReadOnlySpan<byte> text, int at, int limit)
    {
        while (at < text.Length && at < limit && IsWordByte(text[at])) at++;
        return at;
    }

    private bool IsClearAfter(ReadOnlySpan<byte> text, int end)
    {
        // Underscores alone are no word: what stands behind them decides.
        if (_tokens[0].AsSpan().IndexOfAnyExcept((byte)'_') < 0) return false;
        if (end == text.Length) return true;
        var next = text[end];
        return IsBreakByte(next) || (_isPrefix && IsWordByte(next));
    }

    private static Edge CheckBefore(ReadOnlySpan<byte> text, int floor, int at, out int sync)
    {
        sync = at;
        if (at == floor) return at == 0 ? Edge.Clear : Edge.Unknown;
        var before = text[at - 1];
        if (IsBreakByte(before)) return Edge.Clear;
        while (sync > floor && !IsBreakByte(text[sync - 1])) sync--;

        // Two ASCII word characters are one word, unless a word too long was cut between them.
        return IsWordByte(before) && at - sync < QueryLimits.TokenLengthMax ? Edge.Inside : Edge.Unknown;
    }

    private static bool EndsWithToken(ReadOnlySpan<byte> text)
    {
        var tokenizer = new Tokenizer(text);
        var end = -1;
        while (tokenizer.MoveNext()) end = tokenizer.End;
        return end == text.Length;
    }

    private static bool IsBreakByte(byte value) => value < 0x80 && WordClasses.OfAscii(value) == WordClass.Other;

    private static bool IsWordByte(byte value) =>
        value < 0x80 && WordClasses.OfAscii(value) is WordClass.Letter or WordClass.Digit or WordClass.Joiner;

    /// <summary>A character that would make the prefix's last token longer: a digit behind digits, else a
    /// letter.</summary>
    private static byte FollowingCharacter(ReadOnlySpan<byte> text)
    {
        var isMiddle = text.Length > 1 && text[^1] < 0x80
            && WordClasses.OfAscii(text[^1]) is WordClass.MidBoth or WordClass.MidDigit;
        return isMiddle && char.IsAsciiDigit((char)text[^2]) ? (byte)'0' : (byte)'a';
    }

    private enum Edge
    {
        /// <summary>A token may begin here.</summary>
        Clear,

        /// <summary>It is inside a token.</summary>
        Inside,

        /// <summary>The neighbour does not tell.</summary>
        Unknown,
    }
}
