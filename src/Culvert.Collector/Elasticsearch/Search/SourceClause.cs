using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Finds the records of one source, and of few others: those of the same plain values.</summary>
internal static class SourceClause
{
    public static string Of(Source source) => Dsl.And(
        [.. Clauses("origin.", source.Origin), .. Clauses("resource.", source.Resource)]);

    private static List<string> Clauses(string prefix, AttributeList list)
    {
        var clauses = new List<string>();
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        foreach (var attribute in list)
        {
            if (attribute.Type is AttributeType.Null or AttributeType.Json or AttributeType.Bytes
                || clauses.Count == ElasticsearchLimits.SourceValueCountMax) continue;
            var id = ElasticsearchTerms.Id(prefix + Encoding.UTF8.GetString(attribute.Key));
            var value = FieldValue.Of(attribute).Print(buffer);
            clauses.Add(Dsl.Term(ElasticsearchFields.Values, FieldTerm.Value(id, value)));
        }

        return clauses;
    }
}
