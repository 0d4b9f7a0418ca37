using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Terms of the fields that are there to be searched. A field's id is the hash of its full name in 16 hexadecimal
/// digits, so that a term begins with 16 bytes whatever the name is, and all terms of one field lie side by side. What
/// is longer than its limit is cut there, and U+0001 and the hash of the whole stand behind.
/// </summary>
/// <remarks>Written by the document and asked by the query: both call this. The hashes are <see cref="TokenHash"/>'s,
/// which never change.</remarks>
internal static class ElasticsearchTerms
{
    public const int IdLength = 16;

    /// <summary>Room that any term needs: id, text, mark and hash.</summary>
    public const int TermBytesMax = IdLength + ElasticsearchLimits.ValueBytesMax + 1 + HashLength;

    private const int HashLength = 16;
    private const int NumberLength = 16 + 3;
    private const byte CutMark = 1;

    /// <summary>The id of a field by its full name.</summary>
    public static void Id(ReadOnlySpan<byte> fullName, Span<byte> id) => Hex16(TokenHash.OfKey(fullName), id);

    public static string Id(string fullName)
    {
        Span<byte> id = stackalloc byte[IdLength];
        Id(Encoding.UTF8.GetBytes(fullName), id);
        return Encoding.ASCII.GetString(id);
    }

    /// <summary>A name in <see cref="ElasticsearchFields.Keys"/>.</summary>
    public static int Key(ReadOnlySpan<byte> fullName, Span<byte> term) =>
        Cut(fullName, ElasticsearchLimits.ValueBytesMax, term);

    /// <summary>A word, folded already.</summary>
    public static int Word(ReadOnlySpan<byte> folded, Span<byte> term) =>
        Cut(folded, ElasticsearchLimits.WordBytesMax, term);

    /// <summary>A word, folded already, of a field.</summary>
    public static int FieldWord(ReadOnlySpan<byte> id, ReadOnlySpan<byte> folded, Span<byte> term)
    {
        id.CopyTo(term);
        return IdLength + Word(folded, term[IdLength..]);
    }

    /// <summary>A value of a field as it is printed.</summary>
    public static int Value(ReadOnlySpan<byte> id, ReadOnlySpan<byte> printed, Span<byte> term)
    {
        id.CopyTo(term);
        return IdLength + Cut(printed, ElasticsearchLimits.ValueBytesMax, term[IdLength..]);
    }

    /// <summary>A value of a field, folded already.</summary>
    public static int Folded(ReadOnlySpan<byte> id, ReadOnlySpan<byte> folded, Span<byte> term) =>
        Value(id, folded, term);

    /// <summary>A number of a field: terms of one field are in the order of their numbers, and equal for equal
    /// ones.</summary>
    public static int Number(ReadOnlySpan<byte> id, in Number number, Span<byte> term)
    {
        id.CopyTo(term);
        number.ToOrdered(out var high, out var rest);
        Hex16(high, term[IdLength..]);
        Utf8Formatter.TryFormat((uint)rest, term[(IdLength + 16)..], out _, new('x', 3));
        return IdLength + NumberLength;
    }

    /// <summary>The term of a query, as text.</summary>
    public static string Text(ReadOnlySpan<byte> term) => Encoding.UTF8.GetString(term);

    private static int Cut(ReadOnlySpan<byte> text, int bytesMax, Span<byte> term)
    {
        if (text.Length <= bytesMax)
        {
            text.CopyTo(term);
            return text.Length;
        }

        var length = bytesMax;
        while (length > 0 && (text[length] & 0xC0) == 0x80) length--;
        text[..length].CopyTo(term);
        term[length] = CutMark;
        Hex16(TokenHash.OfKey(text), term[(length + 1)..]);
        return length + 1 + HashLength;
    }

    private static void Hex16(ulong value, Span<byte> text) =>
        value.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
}
