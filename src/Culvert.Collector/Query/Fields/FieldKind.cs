namespace Culvert.Collector.Query.Fields;

/// <summary>What a name in a query stands for.</summary>
internal enum FieldKind
{
    /// <summary>The body.</summary>
    Message,

    /// <summary>The severity by its name.</summary>
    Level,

    /// <summary>The severity number.</summary>
    Severity,

    Position,

    TraceId,

    SpanId,

    /// <summary>The record's own parts, and what lies in its source, under a short name. An attribute of exactly that
    /// name comes first.</summary>
    Logger,
    Template,
    EventName,
    Service,
    Host,
    ProcessId,
    Executable,
    User,
    Input,

    /// <summary>An attribute, or else the resource's, or else the origin's.</summary>
    Any,

    /// <summary>An attribute, named <c>attributes.x</c>.</summary>
    Attribute,

    /// <summary>What the sender claims, named <c>resource.x</c>.</summary>
    Resource,

    /// <summary>What the collector saw, named <c>origin.x</c>.</summary>
    Origin,
}
