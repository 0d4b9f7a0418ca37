using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>What every document of one source has in common, made once: the terms of resource and origin, and both as
/// flat objects. Terms are the content of an array; IsWhole says whether the objects hold all of it.</summary>
internal sealed record SourceTerms(
    byte[] FieldWords, byte[] Values, byte[] Folded, byte[] Ordered, byte[] Keys, byte[] Resource, byte[] Origin,
    bool IsWhole)
{
    public static SourceTerms Of(Source source)
    {
        using var terms = new DocumentTerms();
        var attributes = new AttributeTerms(terms);
        attributes.Add("resource."u8, source.Resource, isRecord: false);
        attributes.Add("origin."u8, source.Origin, isRecord: false);
        var flat = new FlatList();
        var isWhole = Object(flat, source.Resource, out var resource);
        isWhole &= Object(flat, source.Origin, out var origin);
        return new SourceTerms(
            terms.FieldWords.Content.ToArray(), terms.Values.Content.ToArray(), terms.Folded.Content.ToArray(),
            terms.Ordered.Content.ToArray(), terms.Keys.Content.ToArray(), resource, origin, isWhole);
    }

    private static bool Object(FlatList flat, Culvert.Records.AttributeList list, out byte[] json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, RecordJson.WriterOptions);
        var isWhole = flat.Write(writer, list);
        writer.Flush();
        json = buffer.WrittenSpan.ToArray();
        return isWhole;
    }
}
