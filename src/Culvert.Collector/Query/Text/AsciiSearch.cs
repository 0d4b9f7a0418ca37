using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Culvert.Collector.Query.Text;

/// <summary>
/// Finds an ASCII word in UTF-8 text without regard to case: two of its bytes are compared at 16 or 32 places at
/// once, and
/// only where both fit is the whole word compared. (The 'packed pair' of Rust's memchr, here with the case bit set.)
/// </summary>
internal sealed class AsciiSearch
{
    private const byte CaseBit = 0x20;

    private readonly byte[] _word;
    private readonly int _firstAt;
    private readonly int _secondAt;

    /// <param name="foldedWord">ASCII, folded, not empty.</param>
    public AsciiSearch(byte[] foldedWord)
    {
        _word = foldedWord;
        (_firstAt, _secondAt) = RarestPair(foldedWord);
    }

    /// <summary>The index of the first place at or behind <paramref name="start"/>, or -1.</summary>
    public int IndexIn(ReadOnlySpan<byte> text, int start)
    {
        var count = text.Length - _word.Length + 1;
        var i = start;
        ref var bytes = ref MemoryMarshal.GetReference(text);
        if (Vector256.IsHardwareAccelerated)
        {
            var caseBits = Vector256.Create(CaseBit);
            var first = Vector256.Create((byte)(_word[_firstAt] | CaseBit));
            var second = Vector256.Create((byte)(_word[_secondAt] | CaseBit));
            for (; i <= count - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                // The last place of the window is i + 31, which is below count, so that neither load leaves the text.
                var fits = Vector256.Equals(Vector256.LoadUnsafe(ref bytes, (nuint)(i + _firstAt)) | caseBits, first)
                    & Vector256.Equals(Vector256.LoadUnsafe(ref bytes, (nuint)(i + _secondAt)) | caseBits, second);
                if (fits == Vector256<byte>.Zero) continue;
                var found = Verify(text, i, fits.ExtractMostSignificantBits());
                if (found >= 0) return found;
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var caseBits = Vector128.Create(CaseBit);
            var first = Vector128.Create((byte)(_word[_firstAt] | CaseBit));
            var second = Vector128.Create((byte)(_word[_secondAt] | CaseBit));
            for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var fits = Vector128.Equals(Vector128.LoadUnsafe(ref bytes, (nuint)(i + _firstAt)) | caseBits, first)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref bytes, (nuint)(i + _secondAt)) | caseBits, second);
                if (fits == Vector128<byte>.Zero) continue;
                var found = Verify(text, i, fits.ExtractMostSignificantBits());
                if (found >= 0) return found;
            }
        }

        var key = _word[_firstAt] | CaseBit;
        for (; i < count; i++)
        {
            if ((text[i + _firstAt] | CaseBit) == key && IsAt(text, i)) return i;
        }

        return -1;
    }

    private int Verify(ReadOnlySpan<byte> text, int start, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var at = start + BitOperations.TrailingZeroCount(mask);
            if (IsAt(text, at)) return at;
        }

        return -1;
    }

    private bool IsAt(ReadOnlySpan<byte> text, int at)
    {
        for (var i = 0; i < _word.Length; i++)
        {
            if (TextFold.FoldAscii(text[at + i]) != _word[i]) return false;
        }

        return true;
    }

    private static (int First, int Second) RarestPair(byte[] word)
    {
        var first = 0;
        for (var i = 1; i < word.Length; i++)
        {
            if (Rank(word[i]) < Rank(word[first])) first = i;
        }

        var second = first == 0 ? word.Length - 1 : 0;
        for (var i = 0; i < word.Length; i++)
        {
            if (i != first && Rank(word[i]) < Rank(word[second])) second = i;
        }

        return (first, second);
    }

    /// <summary>How common a character is in logs, roughly: the later in the list, the more.</summary>
    private static int Rank(byte value) => "jqxzkvwybgfuhpmdcl98765432nsri0a1toe".IndexOf((char)value);
}
