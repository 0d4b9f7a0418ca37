using System.Globalization;
using System.Text;

namespace Culvert.Collector.Query.Text;

/// <summary>Which <see cref="WordClass"/> a character has. ASCII by a table; the rest by the runtime's general category
/// and the few blocks of scripts that UAX #29 treats on their own, so that no table of Unicode data is carried
/// along.</summary>
internal static class WordClasses
{
    // WordClass by byte, from 0 to 255, what is not ASCII as Other: constant data, so that no initialization and no
    // bounds are checked on the way. A test compares it with the classes' meaning.
    private static ReadOnlySpan<byte> Ascii =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 9, 0, 0, 0, 0, 7, 0, 0, 0, 0, 8, 0, 7, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 6, 8, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 5,
        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    public static WordClass OfAscii(byte value) => (WordClass)Ascii[value];

    public static WordClass Of(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x80) return OfAscii((byte)value);
        if (OfSingleCharacter(value) is not WordClass.Other and var single) return single;
        var category = Rune.GetUnicodeCategory(rune);
        switch (category)
        {
            case UnicodeCategory.DecimalDigitNumber:
                return WordClass.Digit;
            case UnicodeCategory.ConnectorPunctuation:
                return WordClass.Joiner;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.SpacingCombiningMark:
                return IsSouthEastAsian(value) && category == UnicodeCategory.SpacingCombiningMark
                    ? WordClass.SouthEastAsian
                    : WordClass.Extend;
            case UnicodeCategory.Format:
                return value == 0x200B ? WordClass.Other : WordClass.Extend;
        }

        if (IsSingle(value)) return WordClass.Single;
        if (IsKatakana(value)) return WordClass.Katakana;
        if (IsLetter(category))
        {
            if (IsSouthEastAsian(value)) return WordClass.SouthEastAsian;
            return IsHebrew(value) ? WordClass.HebrewLetter : WordClass.Letter;
        }

        if (value is >= 0x24B6 and <= 0x24E9
            || (category == UnicodeCategory.ModifierSymbol && IsModifier(value)))
            return WordClass.Letter;
        if (value is >= 0x1F1E6 and <= 0x1F1FF) return WordClass.RegionalIndicator;
        if (value is >= 0x1F3FB and <= 0x1F3FF) return WordClass.Extend;
        return IsEmoji(value) ? WordClass.Emoji : WordClass.Other;
    }

    private static bool IsLetter(UnicodeCategory category) =>
        category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
                or UnicodeCategory.LetterNumber;

    private static WordClass OfSingleCharacter(int value) => value switch
    {
        0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2027 or 0xFE13 or 0xFE55 or 0xFF1A => WordClass.MidLetter,
        0x2018 or 0x2019 or 0x2024 or 0xFE52 or 0xFF07 or 0xFF0E => WordClass.MidBoth,
        0x37E or 0x589 or 0x60C or 0x60D or 0x66C or 0x7F8 or 0x2044 or 0xFE10 or 0xFE14 or 0xFE50 or 0xFE54 or 0xFF0C
            or 0xFF1B => WordClass.MidDigit,
        0x202F => WordClass.Joiner,
        0x66B => WordClass.Digit,
        0xFF9E or 0xFF9F => WordClass.Extend,
        _ => WordClass.Other,
    };

    private static bool IsModifier(int value) => value is >= 0x2C2 and <= 0x2FF or >= 0xA700 and <= 0xA78A or 0xAB5B;

    private static bool IsHebrew(int value) => value is >= 0x5D0 and <= 0x5F2 or >= 0xFB1D and <= 0xFB4F;

    private static bool IsSouthEastAsian(int value) =>
        value is >= 0xE00 and <= 0xEFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF
            or >= 0x1950 and <= 0x19DF or >= 0x1A20 and <= 0x1AAF or >= 0xA9E0 and <= 0xA9FF or >= 0xAA60 and <= 0xAADF
            or >= 0x11700 and <= 0x1174F;

    private static bool IsKatakana(int value) =>
        value is >= 0x3031 and <= 0x3035 or 0x309B or 0x309C or >= 0x30A0 and <= 0x30FA or >= 0x30FC and <= 0x30FF
            or >= 0x31F0 and <= 0x31FF or >= 0x32D0 and <= 0x32FE or >= 0x3300 and <= 0x3357 or >= 0xFF66 and <= 0xFF9D
            or >= 0x1AFF0 and <= 0x1AFFE or 0x1B000 or >= 0x1B120 and <= 0x1B122 or 0x1B155
            or >= 0x1B164 and <= 0x1B167;

    private static bool IsSingle(int value) =>
        value is >= 0x3041 and <= 0x3096 or >= 0x309D and <= 0x309F or 0x3005 or 0x3007 or >= 0x3021 and <= 0x3029
            or >= 0x3038 and <= 0x303B or >= 0x2E80 and <= 0x2FD5 or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF
            or >= 0xF900 and <= 0xFAD9 or >= 0x1B001 and <= 0x1B11F or 0x1B132 or >= 0x1B150 and <= 0x1B152 or 0x1F200
            or >= 0x20000 and <= 0x3FFFF;

    private static bool IsEmoji(int value) =>
        value is >= 0x1F000 and <= 0x1FAFF and not (>= 0x1F130 and <= 0x1F169)
            or 0xA9 or 0xAE or 0x203C or 0x2049 or 0x2122 or 0x2139 or >= 0x2194 and <= 0x2199 or 0x21A9 or 0x21AA
            or >= 0x231A and <= 0x23FF or >= 0x25AA and <= 0x25FE or >= 0x2600 and <= 0x27BF
            or >= 0x2934 and <= 0x2935 or >= 0x2B05 and <= 0x2B55 or 0x3030 or 0x303D or 0x3297 or 0x3299;
}
