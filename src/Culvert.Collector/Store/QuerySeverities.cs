using Culvert.Collector.Query;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Finds out which severities a query matches, when nothing else of a record decides: then summaries suffice
/// to count, however the query was written.</summary>
internal static class QuerySeverities
{
    private const int SeverityMax = 24;

    private static readonly Source Nobody = Source.From(AttributeWriter.Encode([]), AttributeWriter.Encode([]));

    public static uint? Of(LogQuery query)
    {
        if (!IsOfSeverity(query.Root)) return null;
        var mask = 0u;
        for (var i = 0; i <= SeverityMax; i++)
        {
            if (query.Matches(Example((Severity)i))) mask |= 1u << i;
        }

        return mask;
    }

    private static bool IsOfSeverity(QueryNode node) => node switch
    {
        AllNode or LevelNode => true,
        AndNode and => and.Children.All(IsOfSeverity),
        OrNode or => or.Children.All(IsOfSeverity),
        NotNode not => IsOfSeverity(not.Child),
        FieldNode field => field.Field.Kind is FieldKind.Severity or FieldKind.Level,
        _ => false,
    };

    private static StoredRecord Example(Severity severity) => new()
    {
        Position = 0,
        TimeNs = 0,
        ObservedNs = 0,
        Severity = severity,
        Flags = RecordFlags.None,
        Source = Nobody,
        Body = default,
        Attributes = default,
    };
}
