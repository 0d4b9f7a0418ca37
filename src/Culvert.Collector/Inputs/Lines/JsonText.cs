using System.Text.Json;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>Takes the text of tokens out of a JSON reader over one span.</summary>
internal static class JsonText
{
    /// <summary>A string or property name without its escapes; in <paramref name="scratch"/> when it had
    /// some.</summary>
    /// <remarks>Throws InvalidOperationException for an escaped lone surrogate, as the reader does.</remarks>
    public static ReadOnlySpan<byte> Read(scoped ref Utf8JsonReader reader, scoped ref byte[] scratch)
    {
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped) return raw;
        // An escape is never shorter than what it stands for.
        if (scratch.Length < raw.Length) scratch = new byte[raw.Length];
        var length = reader.CopyString(scratch);
        return scratch.AsSpan(0, length);
    }

    /// <summary>The object or array that the reader stands on, as written; the reader then stands on its end.</summary>
    public static ReadOnlySpan<byte> ReadRaw(ReadOnlySpan<byte> line, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return line[start..(int)reader.BytesConsumed];
    }
}
