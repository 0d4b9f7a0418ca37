using Culvert.Records;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>Splits the text of an exception (<c>@x</c>), as .NET prints it, into OpenTelemetry's exception
/// attributes.</summary>
internal static class ClefException
{
    private const int TypeBytesMax = 256;

    public static void Write(ref AttributeWriter attributes, ReadOnlySpan<byte> text)
    {
        attributes.Add("exception.stacktrace"u8, text);
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? text : text[..end];
        var colon = line.IndexOf(": "u8);
        var type = colon < 0 ? line : line[..colon];
        if (!IsTypeName(type)) return;
        attributes.Add("exception.type"u8, type);
        if (colon >= 0) attributes.Add("exception.message"u8, line[(colon + 2)..]);
    }

    private static bool IsTypeName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > TypeBytesMax) return false;
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter < 0x80
                && !"._+`$[],<>"u8.Contains(letter)) return false;
        }

        return true;
    }
}
