using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Cli.Terminal;

/// <summary>What a search server holds as a table for a person.</summary>
internal static class IndicesText
{
    private const int NameWidth = 32;
    private const int NumberWidth = 16;

    /// <summary>Whether the answer is a search server's, and no ledger.</summary>
    public static bool IsOf(JsonElement stats) => stats.TryGetProperty("indices", out _);

    public static string Format(JsonElement stats)
    {
        var text = new StringBuilder();
        text.AppendLine(TerminalText.Clean(string.Create(
            CultureInfo.InvariantCulture,
            $"{stats.GetProperty("server")} at {stats.GetProperty("address")}: {Number(stats, "records")} records in ")
            + stats.GetProperty("pattern")));
        text.AppendLine();
        Row(text, "index", "records", "bytes", "health");
        foreach (var index in stats.GetProperty("indices").EnumerateArray())
        {
            Row(
                text, index.GetProperty("name").GetString() ?? "", Number(index, "records"), Number(index, "bytes"),
                index.GetProperty("health").GetString() ?? "");
        }

        Row(text, "all", Number(stats, "records"), Number(stats, "bytes"), "");
        return text.ToString();
    }

    private static string Number(JsonElement json, string name) =>
        json.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, string name, string records, string bytes, string health) =>
        text.Append(TerminalText.Clean(name).PadRight(NameWidth)).Append(records.PadLeft(NumberWidth))
            .Append(bytes.PadLeft(NumberWidth)).Append("  ").AppendLine(TerminalText.Clean(health).TrimEnd());
}
