using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;

namespace Culvert.Collector.Store;

/// <summary>Which columns a query looks at, so that no other is decompressed for it.</summary>
internal static class QueryColumns
{
    public static ColumnSet Of(QueryNode node) => node switch
    {
        AllNode or LevelNode => ColumnSet.Numbers,
        TextNode => ColumnSet.Bodies | ColumnSet.Attributes | ColumnSet.Traces,
        AndNode and => and.Children.Aggregate(ColumnSet.Numbers, (columns, child) => columns | Of(child)),
        OrNode or => or.Children.Aggregate(ColumnSet.Numbers, (columns, child) => columns | Of(child)),
        NotNode not => Of(not.Child),
        FieldNode field => Of(field.Field),
        _ => ColumnSet.All,
    };

    /// <summary>Whether a block's token filter can have a say.</summary>
    public static bool AsksTokens(QueryNode node) => Of(node) != ColumnSet.Numbers;

    /// <summary>The columns in which a field's values lie.</summary>
    public static ColumnSet Of(Field field)
    {
        var columns = field.Kind switch
        {
            FieldKind.Message => ColumnSet.Bodies,
            FieldKind.Logger => ColumnSet.Loggers,
            FieldKind.Template => ColumnSet.Templates,
            FieldKind.EventName => ColumnSet.EventNames,
            FieldKind.TraceId or FieldKind.SpanId => ColumnSet.Traces,
            _ => ColumnSet.Numbers,
        };
        if (field.ReadsAttributes) columns |= ColumnSet.Attributes;
        if (field.ReadsSource) columns |= ColumnSet.Sources;
        return columns;
    }
}
