using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Writes a record as a document of a search server: its JSON (<see cref="RecordJson"/>) in fields whose types can
/// never conflict, and what is needed to search it. <see cref="ElasticsearchFields"/> names the fields. Reused; one
/// thread.
/// </summary>
internal sealed class ElasticsearchDocument : IDisposable
{
    /// <summary>Sources kept at once; a collector of a machine has tens.</summary>
    private const int SourceCountMax = 4_096;

    private readonly DocumentTerms _terms = new();
    private readonly AttributeTerms _attributes;
    private readonly FlatList _flat = new();
    private readonly Dictionary<Source, SourceTerms> _sources = [];
    private readonly ArrayBufferWriter<byte> _whole = new();
    private readonly Utf8JsonWriter _wholeJson;

    public ElasticsearchDocument()
    {
        _attributes = new AttributeTerms(_terms);
        _wholeJson = new Utf8JsonWriter(_whole, RecordJson.WriterOptions);
    }

    /// <summary>Where the numeric fields of the last document begin, with the comma before them.</summary>
    public int NumbersStart { get; private set; }

    /// <summary>Where they end; the same when there are none.</summary>
    public int NumbersEnd { get; private set; }

    /// <summary>Writes the document as one object without a line break.</summary>
    /// <param name="json">With <see cref="RecordJson.WriterOptions"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="identity">See <see cref="Outputs.RecordIdentity"/>.</param>
    /// <param name="numbers">The keys that have fields in the index; null for no such fields.</param>
    public void Write(
        Utf8JsonWriter json, in StoredRecord record, ReadOnlySpan<byte> identity, NumberKeys? numbers)
    {
        var source = TermsOf(record.Source);
        json.WriteStartObject();
        // Dates with nanoseconds begin with 1970.
        var isWhole = source.IsWhole && record is { TimeNs: >= 0, ObservedNs: >= 0 };
        WriteHead(json, record, identity);
        WriteSource(json, record);
        RecordJson.WriteTexts(json, record);
        if (numbers is not null) WriteNumbers(json, record.Attributes, numbers);
        else NumbersStart = NumbersEnd = 0;
        json.WritePropertyName(ElasticsearchFields.Attributes);
        isWhole &= _flat.Write(json, record.Attributes);
        json.WritePropertyName(ElasticsearchFields.Resource);
        json.WriteRawValue(source.Resource, skipInputValidation: true);
        json.WritePropertyName(ElasticsearchFields.Origin);
        json.WriteRawValue(source.Origin, skipInputValidation: true);
        WriteTerms(json, record, source);
        if (!isWhole) WriteWhole(json, record);
        json.WriteEndObject();
    }

    public void Dispose()
    {
        _terms.Dispose();
        _wholeJson.Dispose();
    }

    private static void WriteHead(Utf8JsonWriter json, in StoredRecord record, ReadOnlySpan<byte> identity)
    {
        Span<byte> time = stackalloc byte[RecordTime.TextLength];
        json.WriteNumber(ElasticsearchFields.Position, record.Position);
        json.WriteString(ElasticsearchFields.Identity, identity);
        json.WriteString(ElasticsearchFields.Time, RecordTime.Format(Math.Max(0, record.TimeNs), time));
        json.WriteString(ElasticsearchFields.Observed, RecordTime.Format(Math.Max(0, record.ObservedNs), time));
        json.WriteString(ElasticsearchFields.Level, LevelText.Name(record.Severity));
        json.WriteNumber(ElasticsearchFields.Severity, (int)record.Severity);
    }

    /// <summary>The common fields of the source, each with the one type that its field has: an attribute of that name
    /// comes first, as in a query, then what the kernel says, then the sender.</summary>
    private static void WriteSource(Utf8JsonWriter json, in StoredRecord record)
    {
        var source = record.Source;
        if (source.Service.Length > 0) json.WriteString(ElasticsearchFields.Service, source.Service);
        if (source.Host.Length > 0) json.WriteString(ElasticsearchFields.Host, source.Host);
        if (source.Input.Length > 0) json.WriteString(ElasticsearchFields.Input, source.Input);
        if (TryFind(record, AttributeType.Int64, "pid"u8, "peer.pid"u8, "process.pid"u8, out var found))
            json.WriteNumber(ElasticsearchFields.ProcessId, found.Int64);
        if (TryFind(record, AttributeType.Text, "user"u8, "peer.user"u8, "process.owner"u8, out found))
            json.WriteString(ElasticsearchFields.User, found.Value);
        if (TryFind(record, AttributeType.Text, "exe"u8, "peer.exe"u8, "process.executable.path"u8, out found))
            json.WriteString(ElasticsearchFields.Executable, found.Value);
    }

    private static bool TryFind(
        in StoredRecord record, AttributeType type, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> origin,
        ReadOnlySpan<byte> resource, out AttributeView found) =>
        (record.Attributes.TryFind(attribute, out found) && found.Type == type)
        || (record.Source.Origin.TryFind(origin, out found) && found.Type == type)
        || (record.Source.Resource.TryFind(resource, out found) && found.Type == type);

    private void WriteNumbers(Utf8JsonWriter json, AttributeList attributes, NumberKeys keys)
    {
        NumbersStart = Written(json);
        Span<byte> name = stackalloc byte[2 * ElasticsearchLimits.NumberKeyBytesMax];
        var isBegun = false;
        foreach (var attribute in attributes)
        {
            if (attribute.Type is not (AttributeType.Int64 or AttributeType.Double)) continue;
            var value = attribute.Type == AttributeType.Int64 ? attribute.Int64 : attribute.Double;
            var length = NumberKeys.Name(attribute.Key, name);
            if (length == 0 || !double.IsFinite(value) || !keys.TryAdmit(name[..length])) continue;
            if (!isBegun) json.WriteStartObject(ElasticsearchFields.Numbers);
            isBegun = true;
            json.WriteNumber(name[..length], value);
        }

        if (isBegun) json.WriteEndObject();
        NumbersEnd = Written(json);
    }

    private static int Written(Utf8JsonWriter json) => (int)(json.BytesCommitted + json.BytesPending);

    private SourceTerms TermsOf(Source source)
    {
        if (_sources.TryGetValue(source, out var terms)) return terms;
        if (_sources.Count >= SourceCountMax) _sources.Clear();
        return _sources[source] = SourceTerms.Of(source);
    }

    private void WriteTerms(Utf8JsonWriter json, in StoredRecord record, SourceTerms source)
    {
        _terms.Clear();
        _terms.AddBody(record.Body);
        AddText("template"u8, record.Template, withWords: true);
        AddText("logger"u8, record.Logger, withWords: false);
        AddText("event"u8, record.EventName, withWords: false);
        if (record.Trace.Length == RecordLayout.TraceBytes)
        {
            Span<byte> hex = stackalloc byte[TraceText.TraceIdLength];
            AddText("trace"u8, TraceText.TraceId(record.Trace, hex), withWords: false);
            AddText("span"u8, TraceText.SpanId(record.Trace, hex), withWords: false);
        }

        _attributes.Add("attributes."u8, record.Attributes, isRecord: true);
        WriteList(json, ElasticsearchFields.BodyWords, _terms.BodyWords, default);
        WriteList(json, ElasticsearchFields.AttributeWords, _terms.AttributeWords, default);
        WriteList(json, ElasticsearchFields.FieldWords, _terms.FieldWords, source.FieldWords);
        WriteList(json, ElasticsearchFields.Values, _terms.Values, source.Values);
        WriteList(json, ElasticsearchFields.Folded, _terms.Folded, source.Folded);
        WriteList(json, ElasticsearchFields.Ordered, _terms.Ordered, source.Ordered);
        WriteList(json, ElasticsearchFields.Keys, _terms.Keys, source.Keys);
    }

    private void AddText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, bool withWords)
    {
        if (!text.IsEmpty) _terms.AddField(name, FieldValue.Of(text), withWords, withFolded: !withWords);
    }

    private static void WriteList(Utf8JsonWriter json, string name, TermList terms, ReadOnlySpan<byte> more)
    {
        if (terms.Count == 0 && more.IsEmpty) return;
        json.WriteStartArray(name);
        if (terms.Count > 0) json.WriteRawValue(terms.Content, skipInputValidation: true);
        if (!more.IsEmpty) json.WriteRawValue(more, skipInputValidation: true);
        json.WriteEndArray();
    }

    private void WriteWhole(Utf8JsonWriter json, in StoredRecord record)
    {
        _whole.ResetWrittenCount();
        _wholeJson.Reset();
        RecordJson.Write(_wholeJson, record);
        _wholeJson.Flush();
        json.WriteString(ElasticsearchFields.Whole, _whole.WrittenSpan);
    }
}
