using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Shipping;

namespace Culvert.Cli.Terminal;

/// <summary>The ledger as a table for a person; see docs/ledger.md.</summary>
internal static class LedgerText
{
    private const int NameWidth = 18;
    private const int NumberWidth = 12;

    /// <summary>Whether every sum of the ledger adds up.</summary>
    public static bool IsBalanced(JsonElement ledger) => ledger.GetProperty("balanced").GetBoolean();

    public static string Format(JsonElement ledger)
    {
        var text = new StringBuilder();
        var total = ledger.GetProperty("total");
        Equation(text, $"received {Number(total, "received")} = duplicates {Number(total, "duplicates")} "
            + $"+ dropped {Text(Dropped(total))} + spooled {Number(total, "spooled")}", total);
        foreach (var output in ledger.GetProperty("outputs").EnumerateArray()) Output(text, output);

        DroppedByLevel(text, ledger);
        text.AppendLine();
        var producers = Producers(ledger);
        Row(text, "program", "received", "duplicates", "dropped", "spooled", "lost");
        foreach (var source in ledger.GetProperty("sources").EnumerateArray()) Source(text, source, producers);
        text.AppendLine();
        Row(text, "input", "received", "duplicates", "dropped", "spooled", "mended", "refused");
        foreach (var input in ledger.GetProperty("inputs").EnumerateArray())
        {
            Row(text, Name(input), Number(input, "received"), Number(input, "duplicates"),
                Text(Dropped(input)), Number(input, "spooled"), Text(Mended(input)),
                Text(Sum(input, "refusedRequests")));
        }

        return text.ToString();
    }

    private static void Output(StringBuilder text, JsonElement output)
    {
        var parts = new List<string>();
        foreach (var name in (string[])["before", "stored", "waiting", "expired", "damaged"])
        {
            var isAlways = name is "stored" or "waiting" or "expired";
            if (isAlways || output.GetProperty(name).GetInt64() > 0) parts.Add($"{name} {Number(output, name)}");
        }

        Equation(text, $"{Name(output)}: spooled = {string.Join(" + ", parts)}", output);
        if (!output.TryGetProperty("state", out var state)) return;
        if (output.GetProperty("rejected").GetInt64() > 0)
        {
            var reasons = output.GetProperty("rejectedByReason").EnumerateObject()
                .Select(reason => $"{TerminalText.Clean(reason.Name)} {Text(reason.Value.GetInt64())}");
            text.AppendLine($"  of the stored ones the other side refused {Number(output, "rejected")} for good "
                + $"({string.Join(", ", reasons)}); 'culvert deadletters' shows them");
        }

        if (output.GetProperty("problem").GetString() is { Length: > 0 } problem)
            text.AppendLine($"  {state.GetString()}: {TerminalText.Clean(problem)}");
    }

    /// <summary>What the collector shed, and what programs say that they dropped, by level: whether an error is missing
    /// is the first question.</summary>
    private static void DroppedByLevel(StringBuilder text, JsonElement ledger)
    {
        var shed = ledger.GetProperty("shedByLevel").EnumerateObject().Select(level => level.Value.GetInt64());
        Levels(text, "dropped as the disk was short", shed);
        var byProgram = ledger.GetProperty("producers").EnumerateArray()
            .GroupBy(producer => producer.GetProperty("service").GetString()!, StringComparer.Ordinal);
        foreach (var program in byProgram)
        {
            var sums = new long[LogProtocol.LevelCount];
            foreach (var producer in program)
            {
                var at = 0;
                foreach (var count in producer.GetProperty("droppedByLevel").EnumerateArray())
                    sums[at++] += count.GetInt64();
            }

            Levels(text, $"dropped by {TerminalText.Clean(program.Key)} itself, its buffer full", sums);
        }
    }

    private static void Levels(StringBuilder text, string what, IEnumerable<long> counts)
    {
        string[] parts =
        [
            .. counts.Select((count, level) => (count, level)).Where(pair => pair.count > 0)
                .Select(pair => $"{LevelText.NameOfLevel(pair.level)} {Text(pair.count)}"),
        ];
        if (parts.Length > 0) text.Append(what).Append(": ").AppendJoin(", ", parts).AppendLine();
    }

    private static void Source(StringBuilder text, JsonElement source, ILookup<string, JsonElement> producers)
    {
        var lost = producers[source.GetProperty("name").GetString()!].Sum(
            producer => producer.GetProperty("lost").GetInt64());
        Row(text, Name(source), Number(source, "received"), Number(source, "duplicates"),
            Text(Dropped(source)), Number(source, "spooled"), Text(lost));
    }

    private static void Equation(StringBuilder text, string equation, JsonElement part)
    {
        var verdict = part.GetProperty("balanced").GetBoolean() ? "adds up" : "DOES NOT ADD UP";
        text.Append(equation).Append("  (").Append(verdict).AppendLine(")");
    }

    private static void Row(StringBuilder text, string name, params string[] cells)
    {
        if (name.Length > NameWidth) name = string.Concat(name.AsSpan(0, NameWidth - 1), "…");
        text.Append(name.PadRight(NameWidth));
        foreach (var cell in cells) text.Append(cell.PadLeft(NumberWidth));
        while (text[^1] == ' ') text.Length--;
        text.AppendLine();
    }

    private static ILookup<string, JsonElement> Producers(JsonElement ledger) =>
        ledger.GetProperty("producers").EnumerateArray().ToLookup(
            producer => producer.GetProperty("service").GetString()!, StringComparer.Ordinal);

    private static string Name(JsonElement element)
    {
        var name = TerminalText.Clean(element.GetProperty("name").GetString()!);
        return name.Length > 0 ? name : "(no name)";
    }

    private static long Dropped(JsonElement counts) => Sum(counts, "dropped");

    private static long Mended(JsonElement counts) => Sum(counts, "mended");

    private static long Sum(JsonElement counts, string name) =>
        counts.GetProperty(name).EnumerateObject().Sum(reason => reason.Value.GetInt64());

    private static string Number(JsonElement element, string name) => Text(element.GetProperty(name).GetInt64());

    private static string Text(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
