using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Tests.Query;

/// <summary>docs/query.md: its records and its table of cases.</summary>
internal static class QueryDocument
{
    public sealed record Case(string Query, string Finds, string Note);

    public static IReadOnlyList<(string Id, TestRecord Record)> Records { get; } = [.. ReadRecords()];

    public static IReadOnlyList<Case> Cases { get; } = [.. ReadCases()];

    private static IEnumerable<(string, TestRecord)> ReadRecords()
    {
        ulong position = 0;
        foreach (var line in Lines())
        {
            if (!line.StartsWith("{\"id\":", StringComparison.Ordinal)) continue;
            var json = JsonDocument.Parse(line).RootElement;
            var record = new TestRecord(
                Text(json, "body"),
                (Severity)json.GetProperty("level").GetByte(),
                List(json, "attributes"),
                List(json, "resource"),
                List(json, "origin"),
                Text(json, "trace") + Text(json, "span") + (Text(json, "trace").Length > 0 ? "01" : ""),
                Text(json, "template"),
                Text(json, "logger"),
                Text(json, "event"),
                position++);
            yield return (Text(json, "id"), record);
        }
    }

    private static IEnumerable<Case> ReadCases()
    {
        var inTable = false;
        foreach (var line in Lines())
        {
            if (line.StartsWith("| query | finds |", StringComparison.Ordinal)) inTable = true;
            if (!inTable || !line.StartsWith("| `", StringComparison.Ordinal)) continue;
            var end = line.IndexOf("` | ", StringComparison.Ordinal);
            var cells = line[(end + 4)..].Split('|', StringSplitOptions.TrimEntries);
            yield return new Case(line[3..end], cells[0], cells[1]);
        }
    }

    private static string[] Lines()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return File.ReadAllLines(Path.Combine(folder.FullName, "docs", "query.md"));
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static IEnumerable<KeyValuePair<string, object?>> List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list)
            ? list.EnumerateObject().Select(field => new KeyValuePair<string, object?>(field.Name, Value(field.Value)))
            : [];

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : (object)value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => new TestRecord.Json(value.GetRawText()),
    };
}
