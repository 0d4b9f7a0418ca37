using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Outputs;

/// <summary>A record's identity as text: producer, epoch and sequence in lower-case hexadecimal, with hyphens between.
/// The same wherever the record goes and however often: duplicates are told by it.</summary>
internal static class RecordIdentity
{
    /// <summary>Longest text: 32 + 1 + 16 + 1 + 16.</summary>
    public const int LengthMax = 66;

    public static int Format(ProducerId producer, ulong sequence, Span<byte> text)
    {
        var at = FormatProducer(producer, text);
        Utf8Formatter.TryFormat(sequence, text[at..], out var written, 'x');
        return at + written;
    }

    /// <summary>All before the sequence.</summary>
    public static int FormatProducer(ProducerId producer, Span<byte> text)
    {
        producer.Producer.TryFormat(text, out var at, "x32", CultureInfo.InvariantCulture);
        text[at++] = (byte)'-';
        Utf8Formatter.TryFormat(producer.Epoch, text[at..], out var written, 'x');
        at += written;
        text[at++] = (byte)'-';
        return at;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out ProducerId producer, out ulong sequence)
    {
        (producer, sequence) = (default, 0);
        if (text.Length > LengthMax || !Ascii.IsValid(text)) return false;
        var first = text.IndexOf((byte)'-');
        var last = text.LastIndexOf((byte)'-');
        if (first != 32 || last <= first) return false;
        if (!UInt128.TryParse(
                text[..first], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            || !ulong.TryParse(
                text[(first + 1)..last], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch)
            || !ulong.TryParse(
                text[(last + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence))
            return false;
        producer = new ProducerId(id, epoch);
        return true;
    }
}
