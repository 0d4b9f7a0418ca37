using Culvert.Collector.Query;
using Culvert.Collector.Query.Pruning;
using Culvert.Records;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Collector.Tests.Query;

public sealed class QueryPropertyTests
{
    private static readonly string[] Words = ["foo", "bar", "10.0.0.1", "é", "東", "x_y", "500", "baz"];

    [Fact]
    public void Parse_AnyString_NeverThrows()
    {
        Prop.ForAll<string>(static text => LogQuery.Parse(text).Notes.Count <= QueryLimits.NoteCountMax)
            .QuickCheckThrowOnFailure();
        for (var seed = 0; seed < 30_000; seed++)
        {
            var text = new RandomText(seed).Query(30);
            foreach (var note in LogQuery.Parse(text).Notes)
            {
                if (note.Position < 0 || note.Length < 0 || note.Position + note.Length > text.Length
                    || note.Message.Length == 0)
                    Assert.Fail($"Seed {seed}: {note}");
            }
        }
    }

    [Fact]
    public void ToString_AnyQuery_ParsesIntoTheSame()
    {
        var records = QueryDocument.Records;
        for (var seed = 0; seed < 30_000; seed++)
        {
            var query = LogQuery.Parse(new RandomText(seed).Query(20));
            var again = LogQuery.Parse(query.ToString());
            if (query.ToString() != again.ToString() || again.Notes.Count > 0)
                Assert.Fail($"Seed {seed}: {query.Text} -> {query} -> {again}");
            foreach (var (_, record) in records)
            {
                if (query.Matches(record.Stored) != again.Matches(record.Stored))
                    Assert.Fail($"Seed {seed}: {query.Text} -> {query}");
            }
        }
    }

    [Fact]
    public void Matches_AnyTreeOfWords_AgreesWithTheNaiveWay()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new RandomText(seed);
            var (text, expected) = Tree(random, 4);
            var query = LogQuery.Parse(text);
            for (var i = 0; i < 4; i++)
            {
                var present = Words.Where(_ => random.Next(2) == 0).ToArray();
                var record = new TestRecord(string.Join(' ', present));
                if (query.Matches(record.Stored) != expected(present))
                    Assert.Fail($"Seed {seed}: {text} in '{string.Join(' ', present)}'");
            }
        }
    }

    [Fact]
    public void Examine_AnyQueryAndBlock_RulesOutNoRecordThatMatches()
    {
        var (none, all) = (0, 0);
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new RandomText(seed);
            var block = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Record(random)).ToArray();
            var query = LogQuery.Parse(Condition(random)
                + (random.Next(2) == 0 ? "" : (random.Next(2) == 0 ? " OR " : " ") + Condition(random)));
            var matching = block.Count(record => query.Matches(record.Stored));
            var verdict = query.Examine(ExactFilter.Summarize(block));

            if (verdict == BlockVerdict.None && matching > 0) Assert.Fail($"Seed {seed}: {query.Text} was ruled out.");
            if (verdict == BlockVerdict.All && matching < block.Length)
                Assert.Fail($"Seed {seed}: {query.Text} was ruled in.");
            if (verdict == BlockVerdict.None) none++;
            if (verdict == BlockVerdict.All) all++;
        }

        Assert.InRange(none, 2_000, 18_000);
        Assert.InRange(all, 500, 18_000);
    }

    [Fact]
    public void Parse_HugeInput_KeepsItsLimits()
    {
        foreach (var piece in (string[])["(", ")", "a ", "-", "\"", "a:(", "NOT ", "a OR ", "((a) ", "f:1 ", "\\",
            "*", "-(a "])
        {
            var query = LogQuery.Parse(string.Concat(Enumerable.Repeat(piece, 100_000)));
            Assert.NotEmpty(query.Notes);
            Assert.True(query.Notes.Count <= QueryLimits.NoteCountMax);
            _ = query.Matches(new TestRecord("a").Stored);
            _ = query.ToString();
        }
    }

    private static (string Text, Func<string[], bool> Expected) Tree(RandomText random, int depth)
    {
        if (depth == 0 || random.Next(3) == 0)
        {
            var word = Words[random.Next(Words.Length)];
            return (word.ToUpperInvariant(), present => present.Contains(word));
        }

        var (left, isLeft) = Tree(random, depth - 1);
        if (random.Next(3) == 0)
            return ((random.Next(2) == 0 ? "-(" : "NOT (") + left + ")", present => !isLeft(present));
        var (right, isRight) = Tree(random, depth - 1);
        return random.Next(2) == 0
            ? ($"({left} OR {right})", present => isLeft(present) || isRight(present))
            : ($"({left}{(random.Next(2) == 0 ? " AND " : " ")}{right})", present => isLeft(present)
                && isRight(present));
    }

    private static string Condition(RandomText random)
    {
        string[] fields = ["", "status:", "status=", "status>", "user:", "service:", "req.id:", "req.name=", "message:",
            "level>=", "logger:",
            "resource.zone:", "zone=", "exe:", "trace:", "host=", "note:", "note=", "template:", "event:", "-zone:",
            "-status:", "pid:"];
        string[] values = ["foo", "500", "500.0", "5*", "*", "Foo", "\"foo bar\"", "warn", "eu", "true", "f*", "x",
            "-5", "4bf92f3577b34da6a3ce929d0e0e4736", "\"->\""];
        return fields[random.Next(fields.Length)] + values[random.Next(values.Length)];
    }

    private static TestRecord Record(RandomText random)
    {
        object?[] values = [500L, "500", 500.0, "5e2", "foo", "Foo bar", true, null, "", "x", "->", -5L, 0.5,
            new TestRecord.Json("{\"id\":500,\"name\":\"foo\"}"),
            new TestRecord.Json("[\"eu\",{\"x\":[5]},\"f\\u006fo\"]"), new TestRecord.Json("{broken"),
            new byte[] { 1, 2 }];
        string[] keys = ["status", "user", "service", "req", "req.id", "zone", "note", "logger", "exe"];
        var attributes = Enumerable.Range(0, random.Next(4))
            .Select(_ => KeyValuePair.Create(keys[random.Next(keys.Length)], values[random.Next(values.Length)]))
            .DistinctBy(pair => pair.Key).ToArray();
        return new TestRecord(
            random.Next(2) == 0 ? "foo bar 500" : random.Text(8),
            (Severity)random.Next(25),
            attributes,
            random.Next(3) == 0
                ? []
                : [new("service.name", random.Next(2) == 0 ? "foo" : "x"), new("zone", "eu"), new("process.pid", 5)],
            random.Next(2) == 0 ? [] : [new("peer.user", "foo"), new("peer.exe", "/x")],
            random.Next(3) == 0 ? "4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b701" : "",
            random.Next(2) == 0 ? "foo" : "",
            random.Next(2) == 0 ? "foo" : "",
            random.Next(2) == 0 ? "foo" : "");
    }
}
