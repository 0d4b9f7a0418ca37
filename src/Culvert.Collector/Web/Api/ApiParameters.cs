using System.Globalization;
using System.Text;
using Culvert.Collector.Outputs;
using Culvert.Collector.Query;
using Culvert.Collector.Search;
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
            if (Text("before", 160) is not { Length: > 0 } text) return null;
            var parts = text.Split('.', 3);
            return parts.Length >= 2 && (parts.Length == 2 || RecordIdentity.TryParse(
                    Encoding.UTF8.GetBytes(parts[2]), out _, out _))
                && long.TryParse(
                    parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var timeNs)
                && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? new SearchCursor(timeNs, position, parts.Length == 3 ? parts[2] : null)
                : throw Wrong("before", text, "give the 'next' of an earlier answer");
        }
    }

    public static string Format(SearchCursor cursor)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{cursor.TimeNs}.{cursor.Position}");
        return cursor.Id is null ? text : $"{text}.{cursor.Id}";
    }

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

    /// <summary>The key of a record that ends the path: its position or id.</summary>
    public string PathKey(string path, ISearchEngine engine)
    {
        var key = request.Path.Value![path.Length..];
        if (key.Length > HttpLimits.RecordKeyLengthMax) key = key[..HttpLimits.RecordKeyLengthMax] + "...";
        return engine.IsKey(key) ? key : throw Wrong("the end of the path", key, "give the position or id of a record");
    }

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
