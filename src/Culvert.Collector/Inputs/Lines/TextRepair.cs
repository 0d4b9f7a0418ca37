using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>Makes valid UTF-8 of any bytes: what is none becomes U+FFFD, as Unicode 3.9 advises (one for each maximal
/// subpart). One thread at a time.</summary>
internal sealed class TextRepair
{
    private byte[] _repaired = [];

    /// <summary>The text itself when it is valid, else a repaired copy that is good until the next call.</summary>
    public ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> text, out bool wasInvalid)
    {
        wasInvalid = !Utf8.IsValid(text);
        return wasInvalid ? Replace(text) : text;
    }

    private ReadOnlySpan<byte> Replace(ReadOnlySpan<byte> text)
    {
        if (_repaired.Length < text.Length * 3) _repaired = new byte[text.Length * 3];
        var length = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out var rune, out var used);
            if (status == OperationStatus.Done)
                text[..used].CopyTo(_repaired.AsSpan(length));
            else
                rune.EncodeToUtf8(_repaired.AsSpan(length));
            length += rune.Utf8SequenceLength;
            text = text[used..];
        }

        return _repaired.AsSpan(0, length);
    }
}
