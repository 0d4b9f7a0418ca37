using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>A record's JSON, as a command reads it of a collector or of a search server: what it takes, it prints and
/// reads again as the same.</summary>
internal sealed class RecordJsonTarget : IFuzzTarget
{
    public string Name => "record-json";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var seeds = new List<byte[]>();
            Samples.EachRecord((in record) => seeds.Add(Print(record)));
            return seeds;
        }
    }

    public IEnumerable<string> Words =>
    [
        "\"position\":", "\"time\":", "\"trace\":", "\"id\":", "\"truncated\":true", "\"body\":{", "null", "\\ud800",
        "1e400",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (ReadAndPrint(input.ToArray()) is not { } printed) return;
        var again = ReadAndPrint(printed);
        Must.Hold(again is not null);
        Must.BeSame(printed, again, "what was printed");
    }

    /// <summary>Null when the text is no record.</summary>
    private static byte[]? ReadAndPrint(byte[] json)
    {
        byte[]? printed = null;
        try
        {
            new RecordJsonReader().Read(json, (in record) =>
            {
                printed = Print(record);
                return true;
            });
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException)
        {
            // As its callers have it.
        }

        return printed;
    }

    private static byte[] Print(in StoredRecord record)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, RecordJson.WriterOptions)) RecordJson.Write(json, record);
        return output.WrittenSpan.ToArray();
    }
}
