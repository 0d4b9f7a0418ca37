using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Inputs.Text;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>
/// Renders a message template with the properties of its event; source: messagetemplates.org. Values stand in the text
/// without quotes, as Seq shows them. Reused; one thread at a time.
/// </summary>
internal sealed class ClefTemplate
{
    private const int AlignmentMax = 128;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly JsonStrings _strings = new();

    /// <summary>The message; valid until the next call.</summary>
    /// <param name="template">The template as valid UTF-8.</param>
    /// <param name="properties">The event.</param>
    /// <param name="renderings">What the sender rendered itself (<c>@r</c>): one for each hole with a format, in
    /// order.</param>
    public ReadOnlySpan<byte> Render(ReadOnlySpan<byte> template, JsonElement properties, JsonElement renderings)
    {
        _output.ResetWrittenCount();
        var rendering = 0;
        while (!template.IsEmpty)
        {
            var next = template.IndexOfAny((byte)'{', (byte)'}');
            if (next < 0) break;
            _output.Write(template[..next]);
            template = template[next..];
            if (template.Length > 1 && template[1] == template[0])
            {
                _output.Write(template[..1]);
                template = template[2..];
                continue;
            }

            var end = template[0] == '{' ? template.IndexOf((byte)'}') : -1;
            if (end < 0 || !TryHole(template[1..end], properties, renderings, ref rendering))
            {
                // No hole after all: the character stands for itself, as in every renderer of templates.
                end = end < 0 ? 0 : end;
                _output.Write(template[..(end + 1)]);
            }

            template = template[(end + 1)..];
        }

        _output.Write(template);
        return _output.WrittenSpan;
    }

    private bool TryHole(ReadOnlySpan<byte> hole, JsonElement properties, JsonElement renderings, ref int rendering)
    {
        var colon = hole.IndexOf((byte)':');
        var head = colon < 0 ? hole : hole[..colon];
        var comma = head.IndexOf((byte)',');
        var name = comma < 0 ? head : head[..comma];
        if (name.Length > 0 && name[0] is (byte)'@' or (byte)'$') name = name[1..];
        if (name.IsEmpty) return false;
        var start = _output.WrittenCount;
        var rendered = colon >= 0 && TryRendering(renderings, rendering++);
        if (!rendered && !TryProperty(properties, name)) return false;
        if (comma >= 0) Align(start, head[(comma + 1)..]);
        return true;
    }

    private bool TryRendering(JsonElement renderings, int index)
    {
        if (renderings.ValueKind != JsonValueKind.Array || index >= renderings.GetArrayLength()) return false;
        var element = renderings[index];
        if (element.ValueKind != JsonValueKind.String) return false;
        _output.Write(_strings.Get(element));
        return true;
    }

    private bool TryProperty(JsonElement properties, ReadOnlySpan<byte> name)
    {
        if (!TryFind(properties, name, out var value)) return false;
        if (value.ValueKind == JsonValueKind.String) _output.Write(_strings.Get(value));
        else _output.Write(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value));
        return true;
    }

    // CLEF writes a property whose name begins with '@' with a second one.
    private bool TryFind(JsonElement properties, ReadOnlySpan<byte> name, out JsonElement value)
    {
        if (_strings.TryFind(properties, name, out value)) return true;
        return name[0] == '@'
            && _strings.TryFind(properties, (byte[])[(byte)'@', .. name], out value);
    }

    private void Align(int start, ReadOnlySpan<byte> alignment)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        if (!int.TryParse(alignment, Style, CultureInfo.InvariantCulture, out var width)) return;
        width = Math.Clamp(width, -AlignmentMax, AlignmentMax);
        var value = _output.WrittenSpan[start..].ToArray();
        var padding = Math.Abs(width) - Encoding.UTF8.GetCharCount(value);
        if (padding <= 0) return;
        var spaces = new byte[padding];
        spaces.AsSpan().Fill((byte)' ');
        if (width < 0)
        {
            _output.Write(spaces);
            return;
        }

        // Right-aligned: the spaces go before the value, which is written once more behind them.
        var total = _output.WrittenSpan[..start].ToArray();
        _output.ResetWrittenCount();
        _output.Write(total);
        _output.Write(spaces);
        _output.Write(value);
    }
}
