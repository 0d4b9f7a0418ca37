using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Tests.Query;
using Culvert.Records;

namespace Culvert.Collector.Tests.Elasticsearch;

public sealed class ElasticsearchDocumentTests
{
    private static readonly string[] Keys =
        ["a", "a.b", "a.b.c", "a.c", "b", ".", "a.", ".a", "a..b", "", " ", "user", "n-1", "é"];

    private static readonly string[] Leaves =
        ["1", "2.5", "\"x y\"", "\"\"", "true", "null", "{}", "[]", "1e999", "\"\\u0041\"", "\"\\ud800\"", "-0.0",
            "12345678901234567890"];

    private static readonly string[] Paths = ["a", "a.b", "a.b.c", "a.c", "b", "user", "a.a", "a.b.a", "b.a.b.c"];

    [Fact]
    public void Write_AnyRecord_NoKeyTwiceAndReadsBackAsTheRecord()
    {
        var reader = new RecordJsonReader();
        using var document = new ElasticsearchDocument();
        for (var seed = 0; seed < 1_000; seed++)
        {
            var record = Make(seed);
            var json = Write(document, record.Stored);
            using var parsed = JsonDocument.Parse(json);
            Assert.True(HasUniqueKeys(parsed.RootElement), $"Seed {seed}: {json}");
            var source = parsed.RootElement.TryGetProperty(ElasticsearchFields.Whole, out var whole)
                ? whole.GetString()! : json;
            // Both by way of the reader, for which NaN is a text.
            Assert.Equal(ReadAndPrint(reader, Print(record.Stored)), ReadAndPrint(reader, source));
        }
    }

    [Fact]
    public void Write_AnyAttributes_KeysAndValuesAreWhatAQueryFinds()
    {
        using var document = new ElasticsearchDocument();
        for (var seed = 0; seed < 1_000; seed++)
        {
            var record = Make(seed);
            using var parsed = JsonDocument.Parse(Write(document, record.Stored));
            var keys = Terms(parsed, ElasticsearchFields.Keys);
            var values = Terms(parsed, ElasticsearchFields.Values);
            var ordered = Terms(parsed, ElasticsearchFields.Ordered);
            foreach (var path in Paths)
            {
                var name = $"attributes.{path}";
                Agree(seed, record, $"{name}:*", keys.Contains(name));
                Agree(seed, record, $"{name}=\"x y\"", values.Contains(Value(name, "x y")));
                Agree(seed, record, $"{name}=\"\"", values.Contains(Value(name, "")));
                Agree(seed, record, $"{name}=2.5", ordered.Contains(Number(name, "2.5")));
            }
        }
    }

    [Fact]
    public void Write_AnyText_WordsAreWhatAQueryFinds()
    {
        using var document = new ElasticsearchDocument();
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new RandomText(seed);
            var text = random.Text(12);
            var record = new TestRecord(text, attributes: [new("k", random.Text(5)), new("n", random.Next(20))]);
            using var parsed = JsonDocument.Parse(Write(document, record.Stored));
            foreach (var word in (string[])["a", "foo", "7", "10", "é", "σ", "東", "foo.bar", "k"])
            {
                var isInBody = Has(parsed, ElasticsearchFields.BodyWords, word);
                if (parsed.RootElement.TryGetProperty(ElasticsearchFields.BodyWords, out _))
                    Agree(seed, record, $"body:{word}", isInBody);
                var inner = new TestRecord("", attributes: [.. Attributes(record)]);
                Agree(seed, inner, word, Has(parsed, ElasticsearchFields.AttributeWords, word));
                Agree(
                    seed, record, $"attributes.k:{word}",
                    Has(parsed, ElasticsearchFields.FieldWords, ElasticsearchTerms.Id("attributes.k") + word));
            }
        }
    }

    [Fact]
    public void Number_AnyTwo_TermsAreInTheirOrder()
    {
        var random = new Random(7);
        var texts = new List<string>
        {
            "0", "-0.0", "1", "-1", "9007199254740992", "9007199254740993", "-9007199254740993", "0.1", "1e300",
            "-1e300",
            "9223372036854775807", "9223372036854775806", "-9223372036854775808", "9.3e18", "9223372036854775808",
        };
        for (var i = 0; i < 300; i++)
        {
            texts.Add(random.NextInt64(long.MinValue, long.MaxValue)
                .ToString(System.Globalization.CultureInfo.InvariantCulture));
            texts.Add(((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(40)))
                .ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        }

        var numbers = texts.Select(text => (Text: text, Term: Number("x", text), Number: Parse(text))).ToArray();
        foreach (var a in numbers)
        {
            foreach (var b in numbers)
            {
                var order = string.CompareOrdinal(a.Term, b.Term);
                if (Math.Sign(order) != a.Number.CompareTo(b.Number)) Assert.Fail($"{a.Text} and {b.Text}");
            }
        }
    }

    [Fact]
    public void Write_ConflictingTypes_NoFieldWithADynamicTypeButNumbers()
    {
        using var document = new ElasticsearchDocument();
        var numbers = new NumberKeys();
        foreach (var value in (object[])[1, "text", new TestRecord.Json("{\"b\":{\"c\":1}}"), true])
        {
            var record = new TestRecord("x", attributes: [new("a", value), new("a.b", 2), new("pid", value)]);
            using var parsed = JsonDocument.Parse(Write(document, record.Stored, numbers));
            foreach (var number in parsed.RootElement.GetProperty("numbers").EnumerateObject())
            {
                Assert.Equal(JsonValueKind.Number, number.Value.ValueKind);
                Assert.DoesNotContain('.', number.Name);
            }

            if (parsed.RootElement.TryGetProperty("pid", out var pid))
                Assert.Equal(JsonValueKind.Number, pid.ValueKind);
        }
    }

    [Fact]
    public void Write_MoreThan500NumericKeys_TheRestIsCountedAndNamed()
    {
        using var document = new ElasticsearchDocument();
        var numbers = new NumberKeys();
        var names = new HashSet<string>();
        for (var i = 0; i < 600; i += 200)
        {
            var record = new TestRecord(
                "x", attributes: Enumerable.Range(i, 200).Select(n => new KeyValuePair<string, object?>($"k.{n}", n)));
            using var parsed = JsonDocument.Parse(Write(document, record.Stored, numbers));
            if (!parsed.RootElement.TryGetProperty("numbers", out var list)) continue;
            foreach (var number in list.EnumerateObject()) names.Add(number.Name);
        }

        Assert.Equal(500, names.Count);
        Assert.True(numbers.TakeNews(out var count, out var told));
        Assert.Equal(100, count);
        Assert.StartsWith("k-500, k-501, ", told, StringComparison.Ordinal);
        Assert.False(numbers.TakeNews(out _, out _));
    }

    private static IEnumerable<KeyValuePair<string, object?>> Attributes(TestRecord record)
    {
        var found = new List<KeyValuePair<string, object?>>();
        foreach (var attribute in record.Stored.Attributes)
        {
            found.Add(new(
                Encoding.UTF8.GetString(attribute.Key),
                attribute.Type == AttributeType.Int64 ? attribute.Int64 : Encoding.UTF8.GetString(attribute.Value)));
        }

        return found;
    }

    private static void Agree(int seed, TestRecord record, string query, bool found)
    {
        if (LogQuery.Parse(query).Matches(record.Stored) != found)
            Assert.Fail($"Seed {seed}: {query} in {Print(record.Stored)} is {!found}");
    }

    private static TestRecord Make(int seed)
    {
        var random = new RandomText(seed);
        var attributes = Enumerable.Range(0, random.Next(5)).Select(_ => new KeyValuePair<string, object?>(
            Keys[random.Next(Keys.Length)],
            random.Next(8) switch
            {
                0 => (long)random.Next(5),
                1 => 2.5,
                2 => null,
                3 => "x y",
                4 => random.Text(5),
                5 => double.NaN,
                _ => new TestRecord.Json(Json(random, 4)),
            })).ToArray();
        return new TestRecord(
            random.Text(9), (Severity)random.Next(25), attributes,
            [new("service.name", random.Text(3)), new("a", random.Text(2)), new("", 1)],
            [new("peer.pid", random.Next(2) == 0 ? 7 : "seven"), new("input", "x")],
            seed % 2 == 0 ? "4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b700" : "",
            random.Text(3), random.Text(2), random.Text(2), (ulong)seed);
    }

    private static string Json(RandomText random, int depth)
    {
        if (depth == 0 || (depth < 4 && random.Next(4) == 0)) return Leaves[random.Next(Leaves.Length)];
        if (random.Next(4) == 0)
            return $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Json(random, depth - 1)))}]";
        var members = Enumerable.Range(0, random.Next(4)).Select(_ =>
            $"{JsonSerializer.Serialize(Keys[random.Next(Keys.Length)])}:{Json(random, depth - 1)}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static string Write(ElasticsearchDocument document, in StoredRecord record, NumberKeys? numbers = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, RecordJson.WriterOptions))
            document.Write(writer, record, "id"u8, numbers);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Print(in StoredRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, RecordJson.WriterOptions)) RecordJson.Write(writer, record);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string ReadAndPrint(RecordJsonReader reader, string json)
    {
        var printed = "";
        Assert.True(reader.Read(Encoding.UTF8.GetBytes(json), (in read) =>
        {
            printed = Print(read);
            return true;
        }));
        return printed;
    }

    private static HashSet<string> Terms(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var terms)
            ? [.. terms.EnumerateArray().Select(term => term.GetString()!)] : [];

    private static bool Has(JsonDocument document, string name, string word) =>
        Terms(document, name).Any(words => words.Split(' ').Contains(word));

    private static string Value(string name, string value)
    {
        Span<byte> id = stackalloc byte[ElasticsearchTerms.IdLength];
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        ElasticsearchTerms.Id(Encoding.UTF8.GetBytes(name), id);
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Value(id, Encoding.UTF8.GetBytes(value), term)]);
    }

    private static string Number(string name, string value)
    {
        Span<byte> id = stackalloc byte[ElasticsearchTerms.IdLength];
        Span<byte> term = stackalloc byte[ElasticsearchTerms.TermBytesMax];
        ElasticsearchTerms.Id(Encoding.UTF8.GetBytes(name), id);
        return ElasticsearchTerms.Text(term[..ElasticsearchTerms.Number(id, Parse(value), term)]);
    }

    private static Culvert.Collector.Query.Text.Number Parse(string value)
    {
        Assert.True(Culvert.Collector.Query.Text.Number.TryParse(Encoding.UTF8.GetBytes(value), out var number));
        return number;
    }

    /// <summary>Servers refuse a document with one key twice.</summary>
    private static bool HasUniqueKeys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().All(HasUniqueKeys),
        JsonValueKind.Object => element.EnumerateObject().Select(member => member.Name).Distinct().Count()
            == element.EnumerateObject().Count() && element.EnumerateObject().All(m => HasUniqueKeys(m.Value)),
        _ => true,
    };
}
