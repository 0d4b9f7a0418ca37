using System.Buffers;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Text;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>Gathers the terms of a document, field by field. Reused; one thread.</summary>
internal sealed class DocumentTerms : IDisposable
{
    private readonly ArrayBufferWriter<byte> _words = new();
    private readonly ArrayBufferWriter<byte> _fieldWords = new();
    private readonly HashSet<ulong> _keysSeen = [];

    public TermList BodyWords { get; } = new();

    public TermList AttributeWords { get; } = new();

    public TermList FieldWords { get; } = new();

    public TermList Values { get; } = new();

    public TermList Folded { get; } = new();

    public TermList Ordered { get; } = new();

    public TermList Keys { get; } = new();

    public void Clear()
    {
        _keysSeen.Clear();
        foreach (var list in Lists()) list.Clear();
    }

    /// <summary>The field has a value.</summary>
    public void AddKey(ReadOnlySpan<byte> fullName)
    {
        if (!_keysSeen.Add(TokenHash.OfKey(fullName))) return;
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        Keys.Add(term[..ElasticsearchTerms.Key(fullName, term)]);
    }

    /// <summary>The body, whose words stand in a field of their own.</summary>
    public void AddBody(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return;
        AddField("body"u8, FieldValue.Of(body), withWords: false, withFolded: false);
        if (IsSafe(body)) return;
        SplitInto(body, default);
        BodyWords.Add(_words.WrittenSpan);
    }

    /// <summary>One value of a field.</summary>
    public void AddField(
        ReadOnlySpan<byte> fullName, scoped in FieldValue value, bool withWords = true, bool withFolded = true)
    {
        AddKey(fullName);
        if (value.Type == AttributeType.Bytes) return;
        Span<byte> id = stackalloc byte[ElasticsearchTerms.IdLength];
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        ElasticsearchTerms.Id(fullName, id);
        var printed = value.Print(buffer);
        Values.Add(term[..ElasticsearchTerms.Value(id, printed, term)]);
        if (value.TryGetNumber(out var number) && number.CompareTo(number) == 0)
            Ordered.Add(term[..ElasticsearchTerms.Number(id, number, term)]);
        var hasWords = true;
        if (withWords)
        {
            SplitInto(printed, id);
            hasWords = _fieldWords.WrittenCount > 0;
            if (hasWords) FieldWords.Add(_fieldWords.WrittenSpan);
        }

        if (withFolded || !hasWords) AddFolded(id, printed, term);
    }

    /// <summary>What a word alone finds in an attribute's value: texts and numbers, but not what is true or
    /// false.</summary>
    public void AddAttributeWords(scoped in FieldValue value)
    {
        if (value.Type is not (AttributeType.Text or AttributeType.Int64 or AttributeType.Double)) return;
        if (value.Type == AttributeType.Double && !(value.TryGetNumber(out var number) && number.IsFinite)) return;
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        SplitInto(value.Print(buffer), default);
        if (_words.WrittenCount > 0) AttributeWords.Add(_words.WrittenSpan);
    }

    public void Dispose()
    {
        foreach (var list in Lists()) list.Dispose();
    }

    /// <summary>Whether the standard analyzer finds the very words that Culvert finds: in ASCII it does, unless a run
    /// is so long that one of them cuts it.</summary>
    private static bool IsSafe(ReadOnlySpan<byte> text)
    {
        if (!System.Text.Ascii.IsValid(text)) return false;
        while (text.Length > ElasticsearchLimits.WordBytesMax)
        {
            var end = text[..ElasticsearchLimits.WordBytesMax].LastIndexOf((byte)' ');
            if (end < 0) return false;
            text = text[(end + 1)..];
        }

        return true;
    }

    private TermList[] Lists() => [BodyWords, AttributeWords, FieldWords, Values, Folded, Ordered, Keys];

    private void AddFolded(ReadOnlySpan<byte> id, ReadOnlySpan<byte> text, Span<byte> term)
    {
        var rented = ArrayPool<byte>.Shared.Rent(TextFold.LengthMax(text.Length));
        var length = TextFold.Fold(text, rented);
        Folded.Add(term[..ElasticsearchTerms.Folded(id, rented.AsSpan(0, length), term)]);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>The words with spaces between: as they are, or each behind its field's id.</summary>
    private void SplitInto(ReadOnlySpan<byte> text, ReadOnlySpan<byte> id)
    {
        var output = id.IsEmpty ? _words : _fieldWords;
        output.ResetWrittenCount();
        Span<byte> folded = stackalloc byte[TextFold.LengthMax(4 * Query.QueryLimits.TokenLengthMax)];
        var tokenizer = new Tokenizer(text);
        while (tokenizer.MoveNext())
        {
            var length = TextFold.Fold(tokenizer.Current, folded);
            var term = output.GetSpan(1 + ElasticsearchTerms.TermBytesMax);
            var at = 0;
            if (output.WrittenCount > 0) term[at++] = (byte)' ';
            at += id.IsEmpty
                ? ElasticsearchTerms.Word(folded[..length], term[at..])
                : ElasticsearchTerms.FieldWord(id, folded[..length], term[at..]);
            output.Advance(at);
        }
    }
}
