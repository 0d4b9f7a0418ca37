using System.Buffers;
using System.Text;

namespace Culvert.Collector.Query.Text;

/// <summary>Case folding of UTF-8, one character for one: simple mappings, no language's special rules. A letter
/// outside
/// ASCII never becomes an ASCII one (the Kelvin sign stays itself), so ASCII can be searched by its bytes
/// alone.</summary>
internal static class TextFold
{
    // A mark whose capital is a letter: folded, it would begin a word where it continued one.
    private const int CombiningIota = 0x345;

    public static Rune Fold(Rune rune)
    {
        if (rune.IsAscii) return new Rune(FoldAscii((byte)rune.Value));
        var folded = Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));
        return folded.IsAscii || rune.Value == CombiningIota ? rune : folded;
    }

    public static byte FoldAscii(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    public static byte[] Fold(ReadOnlySpan<byte> text)
    {
        var folded = new byte[LengthMax(text.Length)];
        return folded[..Fold(text, folded)];
    }

    /// <summary>Room that a text needs when it is folded: a character may become longer by a byte, and what is no UTF-8
    /// becomes U+FFFD.</summary>
    public static int LengthMax(int length) => length * 3;

    /// <summary>Folds into memory of the caller; returns the length.</summary>
    public static int Fold(ReadOnlySpan<byte> text, Span<byte> folded)
    {
        if (System.Text.Ascii.ToLower(text, folded, out var length) == OperationStatus.Done) return length;
        length = 0;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            length += Fold(rune).EncodeToUtf8(folded[length..]);
            text = text[consumed..];
        }

        return length;
    }

    /// <summary>Whether <paramref name="text"/>, folded, is <paramref name="folded"/>.</summary>
    public static bool Equals(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folded) =>
        TryMatchStart(text, folded, out var consumed) && consumed == text.Length;

    public static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folded) =>
        TryMatchStart(text, folded, out _);

    private static bool TryMatchStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folded, out int consumed)
    {
        consumed = 0;
        var at = 0;
        Span<byte> buffer = stackalloc byte[4];
        while (at < folded.Length)
        {
            if (consumed >= text.Length) return false;
            var current = text[consumed];
            if (current < 0x80)
            {
                if (FoldAscii(current) != folded[at]) return false;
                consumed++;
                at++;
                continue;
            }

            Rune.DecodeFromUtf8(text[consumed..], out var rune, out var length);
            var count = Fold(rune).EncodeToUtf8(buffer);
            if (!folded[at..].StartsWith(buffer[..count])) return false;
            consumed += length;
            at += count;
        }

        return true;
    }
}
