namespace Culvert.Collector.Query.Nodes;

/// <summary>The comparisons of the language.</summary>
internal enum CompareOperator
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
