using Culvert.Collector.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Reads the structured data of RFC 5424, section 6.3: <c>-</c> or elements <c>[id name="value" ...]</c>, in whose
/// values
/// <c>\"</c>, <c>\\</c> and <c>\]</c> stand for the second character. Each parameter becomes the attribute
/// <c>sd.id.name</c>.
/// </summary>
/// <remarks>It is read whole before anything is written, so that a broken one leaves no half behind. One thread at a
/// time.</remarks>
internal sealed class StructuredDataParser
{
    private readonly RecordBuffer _text = new(512);
    private readonly List<(int Key, int Value, int End)> _parameters = [];

    /// <summary>Cuts the structured data off the text; false when it is broken.</summary>
    public bool TryParse(ref ReadOnlySpan<byte> text)
    {
        _text.Clear();
        _parameters.Clear();
        if (text is [(byte)'-', ..])
        {
            text = text[1..];
            return text.IsEmpty || text[0] == ' ';
        }

        if (text is not [(byte)'[', ..]) return false;
        while (text is [(byte)'[', ..])
        {
            text = text[1..];
            if (!TryParseElement(ref text)) return false;
        }

        return text.IsEmpty || text[0] == ' ';
    }

    /// <summary>Writes what was read as attributes.</summary>
    public void WriteTo(RecordDraft draft)
    {
        foreach (var (key, value, end) in _parameters)
            draft.Attributes.Add(_text.Written[key..value], _text.Written[value..end]);
    }

    private bool TryParseElement(ref ReadOnlySpan<byte> text)
    {
        var idEnd = text.IndexOfAny(" ]"u8);
        if (idEnd <= 0) return false;
        var id = text[..idEnd];
        text = text[idEnd..];
        while (true)
        {
            text = text.TrimStart((byte)' ');
            if (text.IsEmpty) return false;
            if (text[0] == ']')
            {
                text = text[1..];
                return true;
            }

            if (!TryParseParameter(id, ref text)) return false;
        }
    }

    private bool TryParseParameter(ReadOnlySpan<byte> id, ref ReadOnlySpan<byte> text)
    {
        var nameEnd = text.IndexOf("=\""u8);
        if (nameEnd <= 0 || text[..nameEnd].IndexOfAny(" ]\""u8) >= 0) return false;
        var key = _text.Length;
        _text.WriteBytes("sd."u8);
        _text.WriteBytes(id);
        _text.WriteByte((byte)'.');
        _text.WriteBytes(text[..nameEnd]);
        var value = _text.Length;
        text = text[(nameEnd + 2)..];
        while (true)
        {
            var end = text.IndexOfAny((byte)'"', (byte)'\\');
            if (end < 0) return false;
            _text.WriteBytes(text[..end]);
            var isEscape = text[end] == '\\';
            text = text[(end + 1)..];
            if (!isEscape) break;
            if (text.IsEmpty) return false;
            // The RFC: a backslash before any other character stands for itself.
            if (text[0] is not ((byte)'"' or (byte)'\\' or (byte)']')) _text.WriteByte((byte)'\\');
            _text.WriteByte(text[0]);
            text = text[1..];
        }

        _parameters.Add((key, value, _text.Length));
        return true;
    }
}
