namespace Culvert.Collector.Query.Parsing;

/// <summary>What stands between a field and its value.</summary>
internal enum FieldOperator
{
    /// <summary>A colon.</summary>
    Match,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
