using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Culvert.Records;

namespace Culvert.Logging;

/// <summary>
/// A message template taken apart, to render a message as UTF-8 without a string between. Only the plain case, in which
/// the result is byte for byte that of Microsoft.Extensions.Logging: holes without alignment or format, no doubled
/// braces, and values whose text does not depend on more than the invariant culture. For all else the program's
/// formatter is asked.
/// </summary>
internal sealed class MessageTemplate
{
    /// <summary>Templates are constants of the program; one that makes its own at run time must not fill the
    /// memory.</summary>
    private const int KeptMax = 4_096;

    private static readonly ConcurrentDictionary<string, MessageTemplate> Known = new(ByReference.Instance);

    private MessageTemplate(string text)
    {
        Utf8 = Encoding.UTF8.GetBytes(text);
        Literals = Split(text);
    }

    public byte[] Utf8 { get; }

    /// <summary>What stands around the holes, one more than these; null when it is no plain case.</summary>
    public byte[][]? Literals { get; }

    public static MessageTemplate Of(string text)
    {
        if (Known.TryGetValue(text, out var known)) return known;
        var template = new MessageTemplate(text);

        // The program's constants come back with their next call; what was made at run time does not.
        if (Known.Count >= KeptMax) Known.Clear();
        Known.TryAdd(text, template);
        return template;
    }

    /// <summary>Writes the message. False, and then nothing that counts is written, when it is no plain case.</summary>
    public bool TryRender(ReadOnlySpan<LogField> fields, RecordBuffer output)
    {
        output.Clear();
        if (Literals is null || fields.Length != Literals.Length - 1) return false;
        output.WriteBytes(Literals[0]);
        for (var i = 0; i < fields.Length; i++)
        {
            if (!TryRender(fields[i], output)) return false;
            output.WriteBytes(Literals[i + 1]);
        }

        return true;
    }

    private static bool TryRender(in LogField field, RecordBuffer output)
    {
        switch (field.Kind)
        {
            case LogFieldKind.Text: return TryWrite((string)field.Value!, output);
            case LogFieldKind.Boolean: output.WriteBytes(field.Boolean ? "True"u8 : "False"u8); return true;
            case LogFieldKind.Int64: return output.TryWriteFormatted(field.Int64);
            case LogFieldKind.Double: return output.TryWriteFormatted(field.Double);
            default: break;
        }

        switch (field.Value)
        {
            case null: output.WriteBytes("(null)"u8); return true;
            case Guid id: return output.TryWriteFormatted(id);
            default: return false;
        }
    }

    private static bool TryWrite(string text, RecordBuffer output)
    {
        // Halves of a character that meet in the message are one in its string, and would be two here.
        if (text.Length > RecordLimits.StringBytesMax) return false;
        if (text.Length > 0 && (char.IsSurrogate(text[0]) || char.IsSurrogate(text[^1]))) return false;
        output.WriteText(text);
        return true;
    }

    private static byte[][]? Split(string text)
    {
        var literals = new List<byte[]>();
        var rest = text.AsSpan();
        while (true)
        {
            var open = rest.IndexOfAny('{', '}');
            literals.Add(Encoding.UTF8.GetBytes(rest[..(open < 0 ? rest.Length : open)].ToArray()));
            if (open < 0) return [.. literals];
            if (rest[open] == '}') return null;
            rest = rest[(open + 1)..];
            var close = rest.IndexOfAny("{},:@$");
            // A hole with anything but a name is left to the formatter.
            if (close <= 0 || rest[close] != '}') return null;
            rest = rest[(close + 1)..];
        }
    }

    /// <summary>A template is a literal, so its reference says as much as its characters, and is compared
    /// faster.</summary>
    private sealed class ByReference : IEqualityComparer<string>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string text) => RuntimeHelpers.GetHashCode(text);
    }
}
