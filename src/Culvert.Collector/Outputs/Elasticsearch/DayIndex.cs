using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>The index of one UTC day. Which one a record goes to follows from its own time alone, so that a record that
/// comes again meets itself there; times before 1970 are of its first day.</summary>
internal sealed class DayIndex(string text)
{
    private const long NsPerDay = 86_400_000_000_000;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(text);

    public string Text => text;

    public ReadOnlySpan<byte> Name => _name;

    /// <summary>Its numeric fields.</summary>
    public NumberKeys Numbers { get; } = new();

    /// <summary>Where to ask which numeric fields it has.</summary>
    public string MappingPath => $"/{text}/_mapping?filter_path=*.mappings.properties.numbers.properties.*.type";

    public static long DayOf(long timeNs) => Math.Max(0, timeNs) / NsPerDay;

    public static string NameOf(string prefix, long day) => string.Create(
        CultureInfo.InvariantCulture, $"{prefix}-{DateTime.UnixEpoch.AddDays(day):yyyy.MM.dd}");

    /// <summary>Takes over the fields that the index has already.</summary>
    public void Learn(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) return;
        foreach (var index in answer.EnumerateObject())
        {
            var at = index.Value;
            foreach (var name in (string[])["mappings", "properties", ElasticsearchFields.Numbers, "properties"])
            {
                if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var inner)) at = inner;
                else at = default;
            }

            if (at.ValueKind != JsonValueKind.Object) continue;
            foreach (var field in at.EnumerateObject()) Numbers.TryAdmit(Encoding.UTF8.GetBytes(field.Name));
        }
    }
}
