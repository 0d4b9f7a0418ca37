using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Tests.Query;

/// <summary>The plain way to do what the product does fast: split everything by the general rules, compare
/// tokens.</summary>
internal static class NaiveText
{
    public static List<string> Tokens(ReadOnlySpan<byte> text)
    {
        var tokens = new List<string>();
        foreach (var (start, end) in Ranges(text)) tokens.Add(Fold(text[start..end]));
        return tokens;
    }

    public static List<(int Start, int End)> Ranges(ReadOnlySpan<byte> text)
    {
        var ranges = new List<(int, int)>();
        for (var at = 0; at < text.Length;)
        {
            var end = WordScanner.Scan(text, at, out var isWord);
            if (isWord) ranges.Add((at, end));
            at = end;
        }

        return ranges;
    }

    public static bool Contains(List<string> tokens, List<string> phrase, bool isPrefix)
    {
        for (var at = 0; at + phrase.Count <= tokens.Count && phrase.Count > 0; at++)
        {
            var fits = true;
            for (var i = 0; i < phrase.Count; i++)
            {
                var isLast = isPrefix && i == phrase.Count - 1;
                fits &= isLast
                    ? tokens[at + i].StartsWith(phrase[i], StringComparison.Ordinal)
                    : tokens[at + i] == phrase[i];
            }

            if (fits) return true;
        }

        return false;
    }

    private static string Fold(ReadOnlySpan<byte> token) => Convert.ToHexString(TextFold.Fold(token));
}
