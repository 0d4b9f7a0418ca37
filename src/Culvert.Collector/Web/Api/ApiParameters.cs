using System.Globalization;
using Culvert.Collector.Query;
using Culvert.Collector.Store;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Reads the parameters of a request. What is wrong is answered with 400 and a sentence that names
/// it.</summary>
internal readonly struct ApiParameters(HttpRequest request, TimeProvider time)
{
    public SearchRequest Search => new()
    {
        Query = Query,
        FromNs = Time("from") ?? long.MinValue,
        ToNs = Time("to") ?? long.MaxValue,
        Before = Before,
    };

    public LogQuery Query => LogQuery.Parse(Text("q", HttpLimits.QueryLengthMax));

    /// <summary>Where the next page begins: what the summary of the last one said.</summary>
    private SearchCursor? Before
    {
        get
        {
            if (Text("before", 64) is not { Length: > 0 } text) return null;
            var dot = text.IndexOf('.', StringComparison.Ordinal);
            return dot > 0
                && long.TryParse(
                    text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var timeNs)
                && ulong.TryParse(
                    text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? new SearchCursor(timeNs, position)
                : throw Wrong("before", text, "give the 'next' of an earlier answer");
        }
    }

    public static string Format(SearchCursor cursor) =>
        string.Create(CultureInfo.InvariantCulture, $"{cursor.TimeNs}.{cursor.Position}");

    public int Number(string name, int standard, int most)
    {
        if (Text(name, 20) is not { Length: > 0 } text) return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            && number <= most
            ? number
            : throw Wrong(name, text, $"give a number from 1 to {most}");
    }

    public ulong? Position(string name) =>
        Text(name, 20) is { Length: > 0 } text ? ReadPosition(name, text) : null;

    /// <summary>The position that ends the path.</summary>
    public ulong PathPosition(string path) => ReadPosition("the end of the path", request.Path.Value![path.Length..]);

    public string? Text(string name, int lengthMax)
    {
        if (!request.Query.TryGetValue(name, out var values)) return null;
        var text = values.ToString();
        return text.Length <= lengthMax
            ? text
            : throw new BadHttpRequestException($"{name} has {text.Length} characters; at most {lengthMax} are taken.");
    }

    private static ulong ReadPosition(string name, string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw Wrong(name, text, "give the position of a record");

    private long? Time(string name)
    {
        if (Text(name, 64) is not { Length: > 0 } text) return null;
        return TimeExpression.TryParse(text, time, out var timeNs, out var problem)
            ? timeNs
            : throw new BadHttpRequestException($"{name}: {problem}");
    }

    private static BadHttpRequestException Wrong(string name, string text, string advice) =>
        new($"{name} cannot be '{text}'; {advice}.");
}
