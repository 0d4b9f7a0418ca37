namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// The names of the fields of a document, in one place for who writes them and who asks for them. Those of the first
/// part are <see cref="Records.RecordJson"/>'s, so that a document's source is a record's JSON; those of the second are
/// there to be searched only, and are not in the source that the server keeps.
/// </summary>
/// <remarks>
/// The second part is why answers equal the embedded store's: words are split and folded by Culvert's own tokenizer and
/// stand here ready, whatever the server's analyzers do. Every value is written under its full name, which is
/// <c>attributes.KEY</c>, <c>resource.KEY</c> or <c>origin.KEY</c>, or one of <see cref="Body"/>,
/// <see cref="Template"/>, <see cref="Logger"/>, <see cref="EventName"/>, <see cref="Trace"/> and <see cref="Span"/>;
/// what is inside a JSON attribute also under each path that leads to it. See <see cref="ElasticsearchTerms"/> for how
/// a term is made.
/// </remarks>
internal static class ElasticsearchFields
{
    /// <summary>When, at least 1970; <c>@timestamp</c> is an alias of it.</summary>
    public const string Time = "time";

    public const string Timestamp = "@timestamp";
    public const string Observed = "observed";

    /// <summary>The level's name.</summary>
    public const string Level = "level";

    /// <summary>The severity number, 0 for none.</summary>
    public const string Severity = "severity";

    /// <summary>The record's number at its collector.</summary>
    public const string Position = "position";

    /// <summary>The same text as the document's id; can be sorted by.</summary>
    public const string Identity = "identity";

    public const string Service = "service";
    public const string Host = "host";
    public const string ProcessId = "pid";
    public const string Executable = "exe";
    public const string User = "user";
    public const string Input = "input";
    public const string Logger = "logger";
    public const string EventName = "event";
    public const string Template = "template";
    public const string Trace = "trace";
    public const string Span = "span";

    /// <summary>The body, by the standard analyzer. Where <see cref="BodyWords"/> is there, only that is
    /// asked.</summary>
    public const string Body = "body";

    public const string Truncated = "truncated";
    public const string Attributes = "attributes";
    public const string Resource = "resource";
    public const string Origin = "origin";

    /// <summary>Numeric attributes as doubles, one field each, for the charts of Dashboards and Kibana; at most
    /// <see cref="ElasticsearchLimits.NumberKeyCountMax"/>. Culvert itself compares <see cref="Ordered"/>.</summary>
    public const string Numbers = "numbers";

    /// <summary>The whole record as <see cref="Records.RecordJson"/> writes it, in one text that is not indexed; only
    /// where the fields above do not hold all of it: a value was too long for them, or its JSON such as no server
    /// takes.</summary>
    public const string Whole = "whole";

    /// <summary>Words of the body, only where the standard analyzer's might not be the same: outside ASCII, and in
    /// long runs. Words as <see cref="ElasticsearchTerms.Word"/> gives them, in order.</summary>
    public const string BodyWords = "body_words";

    /// <summary>Words of the values of all attributes: texts and numbers, and those inside JSON. The words of one value
    /// stand next to each other, those of two never.</summary>
    public const string AttributeWords = "attribute_words";

    /// <summary>Words of every value but the body, each behind its field's id
    /// (<see cref="ElasticsearchTerms.FieldWord"/>): what <c>field:words</c> asks.</summary>
    public const string FieldWords = "field_words";

    /// <summary>Every value as it is printed, behind its field's id (<see cref="ElasticsearchTerms.Value"/>): what
    /// <c>=</c> and a comparison of texts ask. Terms are in the order of the texts' bytes.</summary>
    public const string Values = "values";

    /// <summary>Values with their case folded, behind their field's id (<see cref="ElasticsearchTerms.Folded"/>). All
    /// of resource and origin, the names of things (logger, event, trace, span), attributes that are called as one of
    /// the short names (<c>service</c>, <c>user</c>, ...), and values without any word.</summary>
    public const string Folded = "folded";

    /// <summary>Every value that is a number, and every text that is one, behind its field's id in the order of the
    /// numbers (<see cref="ElasticsearchTerms.Number"/>), exactly.</summary>
    public const string Ordered = "ordered";

    /// <summary>The full names of all fields that have a value. The name of a JSON attribute stands here once more with
    /// a point behind it, whether there is a value in it or not: whatever lies under it is looked for there
    /// only.</summary>
    public const string Keys = "keys";

    /// <summary>What is searched and not kept in the source.</summary>
    public static readonly IReadOnlyList<string> SearchOnly =
        [BodyWords, AttributeWords, FieldWords, Values, Folded, Ordered, Keys];
}
