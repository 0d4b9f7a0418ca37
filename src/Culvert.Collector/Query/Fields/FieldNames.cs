namespace Culvert.Collector.Query.Fields;

/// <summary>The names that a query knows by itself, in any case; every other name is an attribute's key, whose case
/// counts.</summary>
internal static class FieldNames
{
    private static readonly Dictionary<string, FieldKind> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["message"] = FieldKind.Message,
        ["body"] = FieldKind.Message,
        ["level"] = FieldKind.Level,
        ["severity"] = FieldKind.Severity,
        ["position"] = FieldKind.Position,
        ["trace"] = FieldKind.TraceId,
        ["trace_id"] = FieldKind.TraceId,
        ["span"] = FieldKind.SpanId,
        ["span_id"] = FieldKind.SpanId,
        ["logger"] = FieldKind.Logger,
        ["template"] = FieldKind.Template,
        ["event"] = FieldKind.EventName,
        ["service"] = FieldKind.Service,
        ["host"] = FieldKind.Host,
        ["pid"] = FieldKind.ProcessId,
        ["exe"] = FieldKind.Executable,
        ["user"] = FieldKind.User,
        ["input"] = FieldKind.Input,
    };

    private static readonly (string Prefix, FieldKind Kind)[] Prefixes =
    [
        ("attributes.", FieldKind.Attribute), ("resource.", FieldKind.Resource), ("origin.", FieldKind.Origin),
    ];

    /// <summary>Time is given beside the query, so that a page and a bookmark can move it; in a query it is a
    /// mistake.</summary>
    public static bool IsTime(string name) => name.Equals("time", StringComparison.OrdinalIgnoreCase);

    public static Field Resolve(string name)
    {
        if (Known.TryGetValue(name, out var kind)) return new Field(name.ToLowerInvariant(), kind, name);
        foreach (var (prefix, prefixKind) in Prefixes)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return new Field(prefix + name[prefix.Length..], prefixKind, name[prefix.Length..]);
        }

        return new Field(name, FieldKind.Any, name);
    }

    /// <summary>How to write the name of an attribute so that a query means that one and nothing of the same
    /// name.</summary>
    public static string OfAttribute(string key) =>
        IsTime(key) || Resolve(key) is not { Kind: FieldKind.Any } ? "attributes." + key : key;
}
