namespace Culvert.Collector.Query;

/// <summary>Every limit of the query language, in one place. What is over a limit is left out with a note.</summary>
internal static class QueryLimits
{
    /// <summary>Longest query, in UTF-16 characters.</summary>
    public const int QueryLengthMax = 8 * 1024;

    /// <summary>Deepest nesting of parentheses. Parsing, matching and printing recurse that deep.</summary>
    public const int DepthMax = 32;

    /// <summary>Most conditions in one query.</summary>
    public const int TermCountMax = 256;

    /// <summary>Most tokens of one phrase: they are kept on the stack while a text is searched.</summary>
    public const int PhraseTokenCountMax = 64;

    /// <summary>Most notes on one query; a thousand stray brackets need no thousand sentences.</summary>
    public const int NoteCountMax = 16;

    /// <summary>Longest token, in characters; a longer run is cut into tokens of this length, as Lucene's standard
    /// tokenizer does.</summary>
    public const int TokenLengthMax = 255;

    /// <summary>Longest text that is taken for a number, in bytes.</summary>
    public const int NumberBytesMax = 40;

    /// <summary>Most ranges that are highlighted in one text.</summary>
    public const int HighlightCountMax = 64;
}
