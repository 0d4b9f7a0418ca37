using System.Text;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Terms that a query asks, as text; made by the code that writes them into documents.</summary>
internal static class FieldTerm
{
    /// <summary>A beginning of at most so many bytes is also the beginning of a term that was cut: a cut falls on a
    /// character's end, which may be three bytes before the limit.</summary>
    private const int CutSlack = 3;

    public static string Key(string fullName)
    {
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Key(Encoding.UTF8.GetBytes(fullName), term)]);
    }

    public static string Word(ReadOnlySpan<byte> folded)
    {
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Word(folded, term)]);
    }

    public static string Value(string id, ReadOnlySpan<byte> text)
    {
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Value(Encoding.ASCII.GetBytes(id), text, term)]);
    }

    public static string Number(string id, in Number number)
    {
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Number(Encoding.ASCII.GetBytes(id), number, term)]);
    }

    /// <summary>The least text behind every term of a field.</summary>
    public static string Behind(string id) => id[..^1] + (char)(id[^1] + 1);

    /// <summary>Whether a word's beginning tells all terms that begin so; else only its head does, which finds
    /// more.</summary>
    public static bool IsWholeWordPrefix(ReadOnlySpan<byte> folded) =>
        folded.Length <= ElasticsearchLimits.WordBytesMax - CutSlack;

    /// <summary>The same for a value.</summary>
    public static bool IsWholeValuePrefix(ReadOnlySpan<byte> text) =>
        text.Length <= ElasticsearchLimits.ValueBytesMax - CutSlack;

    /// <summary>As much of a word's beginning as every term that begins so has.</summary>
    public static string HeadOfWord(ReadOnlySpan<byte> folded)
    {
        if (IsWholeWordPrefix(folded)) return Encoding.UTF8.GetString(folded);
        var length = ElasticsearchLimits.WordBytesMax - CutSlack;
        while ((folded[length] & 0xC0) == 0x80) length--;
        return Encoding.UTF8.GetString(folded[..length]);
    }
}
