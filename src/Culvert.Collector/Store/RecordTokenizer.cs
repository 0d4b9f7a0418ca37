using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>Puts the hash of every token of a record into a set.</summary>
internal static class RecordTokenizer
{
    public static void Collect(in StoredRecord record, TokenSet tokens)
    {
        Split(record.Body, tokens);
        Split(record.Template, tokens);
        Split(record.Logger, tokens);
        Split(record.EventName, tokens);
        foreach (var attribute in record.Attributes)
        {
            Split(attribute.Value, tokens);
        }
    }

    private static void Split(ReadOnlySpan<byte> text, TokenSet tokens)
    {
        Span<byte> folded = stackalloc byte[256];
        var length = 0;
        foreach (var value in text)
        {
            var lower = (byte)(value | 0x20);
            var isWord = value is >= (byte)'0' and <= (byte)'9' or (byte)'_' || lower is >= (byte)'a' and <= (byte)'z' || value >= 0x80;
            if (isWord && length < folded.Length)
            {
                folded[length++] = value is >= (byte)'A' and <= (byte)'Z' ? lower : value;
                continue;
            }

            if (isWord) continue;
            if (length > 0) tokens.Add(ByteHash.Of(folded[..length]));
            length = 0;
        }

        if (length > 0) tokens.Add(ByteHash.Of(folded[..length]));
    }
}
