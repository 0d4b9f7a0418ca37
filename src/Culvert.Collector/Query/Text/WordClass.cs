namespace Culvert.Collector.Query.Text;

/// <summary>The classes of characters that decide where words end; source: Unicode UAX #29, table 3, and what Lucene's
/// standard tokenizer adds to it (ideographs, Hiragana, South-East Asian scripts, emoji).</summary>
internal enum WordClass : byte
{
    /// <summary>Ends a word and belongs to none.</summary>
    Other,

    /// <summary>ALetter.</summary>
    Letter,

    /// <summary>Hebrew_Letter: a letter that may hold a quotation mark.</summary>
    HebrewLetter,

    /// <summary>Numeric.</summary>
    Digit,

    /// <summary>Katakana: runs are words.</summary>
    Katakana,

    /// <summary>ExtendNumLet: the underscore and its kin, which join everything.</summary>
    Joiner,

    /// <summary>MidLetter: joins letters (a:b).</summary>
    MidLetter,

    /// <summary>MidNumLet and the single quote: join letters, and join digits (a.b, 1.2).</summary>
    MidBoth,

    /// <summary>MidNum: joins digits (1,000).</summary>
    MidDigit,

    /// <summary>The double quote, which joins Hebrew letters.</summary>
    DoubleQuote,

    /// <summary>A Han character or Hiragana: a word by itself.</summary>
    Single,

    /// <summary>Thai, Lao, Khmer, Myanmar: a run is one word.</summary>
    SouthEastAsian,

    /// <summary>Extended_Pictographic: a word by itself, or joined by ZWJ.</summary>
    Emoji,

    /// <summary>Regional_Indicator: two are a flag.</summary>
    RegionalIndicator,

    /// <summary>Extend and Format: belong to the character before them.</summary>
    Extend,
}
