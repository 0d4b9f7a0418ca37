using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>A condition on a field as clauses: under which full names its values may stand, and which of them comes
/// before which. It follows <see cref="Field.Any"/>.</summary>
internal static class FieldClauses
{
    private const int SeverityMax = 24;

    public static QueryBounds Of(FieldNode node)
    {
        var key = Encoding.UTF8.GetString(node.Field.Key);
        return node.Field.Kind switch
        {
            FieldKind.Message => Chain(node, ElasticsearchFields.Body),
            FieldKind.Level or FieldKind.Severity => OfSeverity(node),
            FieldKind.Position => OfPosition(node),
            FieldKind.TraceId => Chain(node, ElasticsearchFields.Trace),
            FieldKind.SpanId => Chain(node, ElasticsearchFields.Span),
            FieldKind.Logger => Chain(node, $"attributes.{key}", ElasticsearchFields.Logger),
            FieldKind.Template => Chain(node, $"attributes.{key}", ElasticsearchFields.Template),
            FieldKind.EventName => Chain(node, $"attributes.{key}", ElasticsearchFields.EventName),
            FieldKind.Service => Chain(node, $"attributes.{key}", "resource.service.name"),
            FieldKind.Host => Chain(node, $"attributes.{key}", "resource.host.name"),
            FieldKind.ProcessId => Chain(node, $"attributes.{key}", "origin.peer.pid", "resource.process.pid"),
            FieldKind.Executable => Chain(
                node, $"attributes.{key}", "origin.peer.exe", "resource.process.executable.path"),
            FieldKind.User => Chain(node, $"attributes.{key}", "origin.peer.user", "resource.process.owner"),
            FieldKind.Input => Chain(node, $"attributes.{key}", "origin.input"),
            FieldKind.Any => Chain(node, $"attributes.{key}", $"resource.{key}", $"origin.{key}"),
            FieldKind.Attribute => Chain(node, $"attributes.{key}"),
            FieldKind.Resource => Chain(node, $"resource.{key}"),
            _ => Chain(node, $"origin.{key}"),
        };
    }

    /// <summary>The values stand under the first name that the record has.</summary>
    private static QueryBounds Chain(FieldNode node, params ReadOnlySpan<string> names)
    {
        var alternatives = new List<QueryBounds>();
        var guard = Dsl.All;
        foreach (var name in names)
        {
            var values = new ValueClauses(name).Of(node);
            // So deep in JSON paths are not in the document.
            if (Dots(name) > ElasticsearchLimits.JsonDepthMax)
                values = new QueryBounds(values.Lower, Dsl.Or(values.Upper, Has(name)));
            alternatives.Add(values.Within(guard));
            guard = Dsl.And(guard, Dsl.Not(Has(name)));
        }

        return QueryBounds.Or(alternatives);
    }

    /// <summary>The record has something under the name, or a JSON attribute in which it would have to stand.</summary>
    private static string Has(string name)
    {
        var keys = new List<string> { name, name + "." };
        var begin = name.IndexOf('.') + 1;
        for (var dot = name.IndexOf('.', begin); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (dot > begin && dot < name.Length - 1) keys.Add(name[..(dot + 1)]);
        }

        return Dsl.Terms(ElasticsearchFields.Keys, keys.Select(key => Dsl.Json(FieldTerm.Key(key))));
    }

    private static int Dots(string name) => name.Count(static c => c == '.');

    private static QueryBounds OfSeverity(FieldNode node)
    {
        var passed = new List<string>();
        for (var i = 1; i <= SeverityMax; i++)
        {
            if (node.Test(FieldValue.Of((long)i))) passed.Add(i.ToString(CultureInfo.InvariantCulture));
        }

        return QueryBounds.Exact(
            passed.Count == 0 ? Dsl.None : Dsl.Terms(ElasticsearchFields.Severity, passed));
    }

    private static QueryBounds OfPosition(FieldNode node)
    {
        if (node is ExistsNode) return QueryBounds.Exact(Dsl.All);
        if (node is CompareNode compare && TryReadWhole(compare.Bytes, out var bound))
            return QueryBounds.Exact(Compare(compare.Operator, bound));
        if (node is MatchNode { IsPrefix: false } match && TryReadWhole(match.Folded, out var position))
        {
            // A position is also found by its only word: of -5 that is 5.
            return QueryBounds.Exact(Dsl.Terms(
                ElasticsearchFields.Position,
                ((long[])[position, Math.Abs(position)]).Distinct().Select(number => Dsl.Json(number))));
        }

        return QueryBounds.Unknown;
    }

    private static string Compare(CompareOperator comparison, long bound)
    {
        if (comparison == CompareOperator.Equal) return Dsl.Term(ElasticsearchFields.Position, bound);
        var name = comparison switch
        {
            CompareOperator.Less => "lt",
            CompareOperator.LessOrEqual => "lte",
            CompareOperator.Greater => "gt",
            _ => "gte",
        };
        return Dsl.Range(
            ElasticsearchFields.Position, (name, bound.ToString(CultureInfo.InvariantCulture)));
    }

    private static bool TryReadWhole(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var consumed) && consumed == text.Length && number > long.MinValue;
}
