using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Culvert.Collector.Query.Text;

/// <summary>
/// The words of up to 64 bytes of text, a bit a byte, by the same rules as <see cref="Tokenizer"/>: classes are told
/// apart by comparing vectors, and what joins what is decided for all bytes at once. A character outside ASCII ends the
/// window.
/// </summary>
internal readonly struct AsciiWindow
{
    public const int Bytes = 64;

    private AsciiWindow(ulong words, ulong texts, int length, bool isCutByRune) =>
        (Words, Texts, Length, IsCutByRune) = (words, texts, length, isCutByRune);

    /// <summary>Runs of set bits are words, or underscores alone.</summary>
    public ulong Words { get; }

    /// <summary>Letters and digits: a run without any is no word.</summary>
    public ulong Texts { get; }

    /// <summary>Bytes looked at.</summary>
    public int Length { get; }

    /// <summary>Whether a character outside ASCII follows.</summary>
    public bool IsCutByRune { get; }

    /// <param name="text">Its first bytes are looked at; not empty.</param>
    public static AsciiWindow Of(ReadOnlySpan<byte> text)
    {
        if (text.Length >= Bytes) return Classify(in MemoryMarshal.GetReference(text), Bytes);
        Span<byte> padded = stackalloc byte[Bytes];
        text.CopyTo(padded);
        return Classify(in MemoryMarshal.GetReference(padded), text.Length);
    }

    private static AsciiWindow Classify(ref readonly byte bytes, int length)
    {
        var low = new Half(Vector256.LoadUnsafe(in bytes));
        var high = new Half(Vector256.LoadUnsafe(in bytes, 32));
        var runes = Join(low.Runes, high.Runes);
        var cut = runes == 0 ? length : Math.Min(length, System.Numerics.BitOperations.TrailingZeroCount(runes));
        var isInside = cut == Bytes ? ulong.MaxValue : (1UL << cut) - 1;
        var letters = Join(low.Letters, high.Letters) & isInside;
        var digits = Join(low.Digits, high.Digits) & isInside;
        var betweenLetters = (letters << 1) & (letters >> 1) & Join(low.LetterMiddles, high.LetterMiddles);
        var betweenDigits = (digits << 1) & (digits >> 1) & Join(low.DigitMiddles, high.DigitMiddles);
        var texts = letters | digits;
        var words = texts | (Join(low.Joiners, high.Joiners) & isInside) | betweenLetters | betweenDigits;
        return new AsciiWindow(words, texts, cut, cut < length);
    }

    private static ulong Join(uint low, uint high) => low | (ulong)high << 32;

    /// <summary>The classes of 32 bytes, as in <see cref="WordClasses"/>.</summary>
    private readonly struct Half
    {
        public readonly uint Letters, Digits, Joiners, LetterMiddles, DigitMiddles, Runes;

        public Half(Vector256<byte> bytes)
        {
            Letters = Mask(Vector256.LessThan(
                (bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)));
            Digits = Mask(Vector256.LessThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)10)));
            Joiners = Mask(Equal(bytes, '_'));
            var both = Equal(bytes, '.') | Equal(bytes, '\'');
            LetterMiddles = Mask(both | Equal(bytes, ':'));
            DigitMiddles = Mask(both | Equal(bytes, ',') | Equal(bytes, ';'));
            Runes = Mask(bytes);
        }

        private static Vector256<byte> Equal(Vector256<byte> bytes, char value) =>
            Vector256.Equals(bytes, Vector256.Create((byte)value));

        private static uint Mask(Vector256<byte> bytes) => bytes.ExtractMostSignificantBits();
    }
}
