using System.Numerics;
using System.Runtime.CompilerServices;

namespace Culvert.Collector.Query.Text;

/// <summary>
/// Splits UTF-8 text into words as Unicode UAX #29 (rules WB3 to WB16) and Lucene's standard tokenizer do: runs of
/// letters and digits, with a point or colon between letters and a point or comma between digits; the underscore joins;
/// Han and Hiragana singly; Katakana, Thai, Khmer, Lao and Myanmar in runs; emoji. Invalid UTF-8 ends a word.
/// </summary>
/// <remarks>Nothing is allocated. Tokens are ranges of the text, not folded. ASCII is looked at in windows of 64 bytes;
/// what touches a window's end is looked at again from its beginning, and only what touches a character outside ASCII,
/// or is as long as a window, is read a character at a time.</remarks>
internal ref struct Tokenizer(ReadOnlySpan<byte> text, int position = 0)
{
    private readonly ReadOnlySpan<byte> _text = text;

    // The window's runs that were not given yet. A run that ends behind the last sure end may go on behind the window.
    private ulong _words;
    private ulong _texts;
    private int _base = position;
    private int _length;
    private int _sureEnd;
    private bool _isCutByRune;

    public int Start { get; private set; }

    public int End { get; private set; } = position;

    /// <summary>Whether the word was found to be ASCII on the way; false does not say that it is not.</summary>
    public bool IsKnownAscii { get; private set; }

    public readonly ReadOnlySpan<byte> Current => _text[Start..End];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        while (_words != 0)
        {
            var start = BitOperations.TrailingZeroCount(_words);
            var end = start + BitOperations.TrailingZeroCount(~(_words >> start));
            if (end > _sureEnd) break;
            // Adding the run's lowest bit carries through it, so that what both have is what stands behind it.
            var rest = _words & (_words + (1UL << start));
            var run = _words ^ rest;
            _words = rest;
            if ((run & _texts) == 0) continue;
            Start = _base + start;
            End = _base + end;
            IsKnownAscii = true;
            return true;
        }

        return MoveNextWindow();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveNextWindow()
    {
        while (true)
        {
            if (_words != 0)
            {
                var start = BitOperations.TrailingZeroCount(_words);
                var end = start + BitOperations.TrailingZeroCount(~(_words >> start));
                if (end <= _sureEnd) return MoveNext();
                _base += start;
                if (start == 0 || _isCutByRune)
                {
                    if (MoveNextSlowly()) return true;
                    continue;
                }
            }
            else
            {
                _base += _length;
                if (_isCutByRune)
                {
                    if (MoveNextSlowly()) return true;
                    continue;
                }
            }

            if (_base >= _text.Length)
            {
                (_words, _length, End) = (0, 0, _text.Length);
                return false;
            }

            Look();
        }
    }

    private void Look()
    {
        if (_text[_base] >= 0x80)
        {
            (_length, _isCutByRune) = (0, true);
            return;
        }

        var window = AsciiWindow.Of(_text[_base..]);
        (_words, _texts, _length, _isCutByRune) = (window.Words, window.Texts, window.Length, window.IsCutByRune);
        // Behind the text's end nothing joins. Elsewhere the last byte may be a middle character that joins the next.
        _sureEnd = _base + _length == _text.Length ? AsciiWindow.Bytes : _length - 2;
    }

    /// <summary>Reads one word, or one character that is in no word, at the window's base, and leaves the
    /// window.</summary>
    private bool MoveNextSlowly()
    {
        (_words, _length, _isCutByRune) = (0, 0, false);
        var start = _base;
        _base = WordScanner.Scan(_text, start, out var isWord);
        if (!isWord) return false;
        (Start, End, IsKnownAscii) = (start, _base, false);
        return true;
    }
}
