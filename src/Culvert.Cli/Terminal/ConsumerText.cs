using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Cli.Terminal;

/// <summary>What a member of a consumer group says of itself, as text for people.</summary>
internal static class ConsumerText
{
    public static string Format(JsonElement consumer)
    {
        var text = new StringBuilder();
        var topics = string.Join(", ", consumer.GetProperty("topics").EnumerateArray().Select(Clean));
        text.AppendLine($"Group {Clean(consumer.GetProperty("group"))}, topics {topics}: {State(consumer)}");
        Problem(text, consumer);
        text.AppendLine($"  read {Number(consumer, "messages")} messages: {Number(consumer, "records")} records"
            + $", {Number(consumer, "duplicates")} more that had come before");
        Refused(text, consumer, "messages could not be decoded");
        var output = consumer.GetProperty("output");
        text.AppendLine($"Output {Clean(output.GetProperty("name"))}: records = stored {Number(output, "stored")} "
            + $"+ waiting {Number(output, "waiting")}, {State(output)}");
        Problem(text, output);
        Refused(text, output, "of the stored ones the other side refused for good");
        text.AppendLine();
        text.AppendLine($"{"Partition",-40} {"Read",14} {"Safe",14} {"End",14} {"Lag",12}");
        foreach (var partition in consumer.GetProperty("partitions").EnumerateArray())
        {
            var name = $"{Clean(partition.GetProperty("topic"))}/{partition.GetProperty("partition").GetInt32()}";
            text.AppendLine($"{name,-40} {Number(partition, "read"),14} {Number(partition, "safe"),14} "
                + $"{Number(partition, "end"),14} {Number(partition, "lag"),12}");
        }

        return text.ToString();
    }

    private static string State(JsonElement of)
    {
        var state = of.GetProperty("state").GetString()!;
        return of.TryGetProperty("paused", out var paused) && paused.GetBoolean()
            ? $"{state}, paused until the output has caught up"
            : state;
    }

    private static void Problem(StringBuilder text, JsonElement of)
    {
        if (of.GetProperty("problem").GetString() is { Length: > 0 } problem)
            text.AppendLine($"  {TerminalText.Clean(problem)}");
    }

    private static void Refused(StringBuilder text, JsonElement of, string what)
    {
        if (of.GetProperty("rejected").GetInt64() == 0) return;
        var reasons = of.GetProperty("rejectedByReason").EnumerateObject()
            .Select(reason => $"{TerminalText.Clean(reason.Name)} {Text(reason.Value.GetInt64())}");
        text.AppendLine($"  {Number(of, "rejected")} {what} ({string.Join(", ", reasons)}); "
            + "'culvert deadletters' shows them");
    }

    private static string Clean(JsonElement text) => TerminalText.Clean(text.GetString()!);

    private static string Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? Text(number.GetInt64()) : "-";

    private static string Text(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
