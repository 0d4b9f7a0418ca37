using Culvert.Collector.Tests.Query;
using Culvert.Records;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>Records and queries, made from a seed, that meet each other often and touch what is hard: words at the
/// edges of scripts, long values that differ at their ends, numbers beyond a double, JSON and keys with points that lie
/// over each other.</summary>
internal sealed class RandomRecords(int seed)
{
    private static readonly string[] Keys =
    [
        "status", "user", "service", "req", "req.id", "req.user", "req.user.id", "zone", "note", "logger", "exe",
        "k.a.b", "k.a", "k", "Status", "event", "template", "pid", "host",
    ];

    private static readonly string[] Fields =
    [
        "", "", "", "-", "status:", "status=", "status>", "status<=", "status!=", "user:", "service:", "service=",
        "req.id:",
        "req.name=", "req.user.id:", "req.user.id>", "req:", "k.a.b:", "k.a:", "k:", "message:", "message=", "message>",
        "level>=", "level:", "severity<", "severity:", "logger:", "logger=", "resource.zone:", "zone=", "zone:", "exe:",
        "trace:", "span:", "host=", "host:", "note:", "note=", "note>=", "note<", "template:", "event:", "-zone:",
        "-status:", "pid:", "pid>=", "input:", "origin.peer.user:", "attributes.status:", "position:", "position>",
        "resource.service.name:", "x.y:",
    ];

    private static readonly string Long = new('q', 250);

    private readonly RandomText _random = new(seed);

    public TestRecord Record()
    {
        var attributes = Enumerable.Range(0, _random.Next(5))
            .Select(_ => KeyValuePair.Create(Keys[_random.Next(Keys.Length)], Value()))
            .DistinctBy(pair => pair.Key).ToArray();
        return new TestRecord(
            Body(), (Severity)_random.Next(25), attributes, Resource(), Origin(),
            _random.Next(3) == 0 ? "4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b701" : "", Name(), Name(), Name());
    }

    public string Query()
    {
        var text = Condition();
        for (var i = _random.Next(3); i > 0; i--)
        {
            text += (_random.Next(3) == 0 ? " OR " : " ") + (_random.Next(4) == 0 ? "-" : "")
                + (_random.Next(4) == 0 ? $"({Condition()} OR {Condition()})" : Condition());
        }

        return _random.Next(12) == 0 ? _random.Query(12) : text;
    }

    private string Condition() => Fields[_random.Next(Fields.Length)] + Operand();

    private string Operand() => _random.Next(24) switch
    {
        0 => "foo",
        1 => "500",
        2 => "500.0",
        3 => "5*",
        4 => "*",
        5 => "Foo",
        6 => "\"foo bar\"",
        7 => "warn",
        8 => "eu",
        9 => "true",
        10 => "f*",
        11 => "-5",
        12 => "4bf92f3577b34da6a3ce929d0e0e4736",
        13 => "\"->\"",
        14 => "\"foo b\"*",
        15 => Long + "*",
        16 => Long + "qqqqqqqqqqx",
        17 => "\"" + _random.Text(3).Replace('"', ' ').Replace('\\', ' ') + "\"" + (_random.Next(2) == 0 ? "*" : ""),
        18 => "9007199254740993",
        19 => "\"\"",
        20 => "a*",
        21 => "FOO.bar",
        22 => "é",
        _ => "ab",
    };

    private object? Value() => _random.Next(26) switch
    {
        0 => 500L,
        1 => "500",
        2 => 500.0,
        3 => "5e2",
        4 => "foo",
        5 => "Foo bar",
        6 => true,
        7 => null,
        8 => "",
        9 => "x",
        10 => "->",
        11 => -5L,
        12 => 0.5,
        13 => new TestRecord.Json("""{"id":500,"name":"foo","user":{"id":"foo bar"}}"""),
        14 => new TestRecord.Json("""["eu",{"x":[5]},"f\u006fo"]"""),
        15 => new TestRecord.Json("""{"a":{"b":7},"a.b":"foo","id":null}"""),
        16 => new TestRecord.Json("""{"user.id":-5.0,"id":[1,20,500]}"""),
        17 => new TestRecord.Json("{}"),
        18 => Long + "qqqqqqqqqqx",
        19 => Long + "qqqqqqqqqqy foo",
        20 => 9007199254740993L,
        21 => 9007199254740992.0,
        22 => "10.0.0.1 " + _random.Text(4),
        23 => "foo\nbar",
        24 => false,
        _ => _random.Text(6),
    };

    private string Body() => _random.Next(4) switch
    {
        0 => "foo bar 500",
        1 => "",
        2 => "Foo " + _random.Text(4) + " bar",
        _ => _random.Text(10),
    };

    private string Name() => _random.Next(4) switch { 0 => "foo", 1 => "Foo.Bar", 2 => "foo bar", _ => "" };

    private KeyValuePair<string, object?>[] Resource() => _random.Next(4) switch
    {
        0 => [],
        1 => [new("service.name", "foo"), new("zone", "eu"), new("process.pid", 5L)],
        2 => [new("service", new TestRecord.Json("""{"name":"Foo"}""")), new("status", 500L)],
        _ => [new("service.name", "x"), new("host.name", "Foo"), new("zone", Value())],
    };

    private KeyValuePair<string, object?>[] Origin() => _random.Next(3) switch
    {
        0 => [],
        1 => [new("input", "native"), new("peer.user", "foo"), new("peer.exe", "/x"), new("peer.pid", 500L)],
        _ => [new("input", "Foo"), new("x.y", "foo"), new("note", "foo bar")],
    };
}
