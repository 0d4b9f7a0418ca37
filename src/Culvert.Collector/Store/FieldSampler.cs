using Culvert.Collector.Query.Fields;
using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>What top values and field names count of a record.</summary>
internal static class FieldSampler
{
    private static readonly string[] Levels = ["unspecified", "trace", "debug", "info", "warn", "error", "fatal"];

    /// <summary>Counts the keys of attributes, as a query names them.</summary>
    public static void Names(in StoredRecord record, ValueCounter counter)
    {
        foreach (var attribute in record.Attributes) counter.Add(attribute.Key);
    }

    /// <summary>Counts the values of a field.</summary>
    public static RecordCounter Values(Field field)
    {
        if (field.Kind == FieldKind.Level)
        {
            var names = Array.ConvertAll(Levels, System.Text.Encoding.UTF8.GetBytes);
            return (in StoredRecord record, ValueCounter counter) => counter.Add(names[LevelGroup.Of(record.Severity)]);
        }

        return (in StoredRecord record, ValueCounter counter) =>
        {
            var test = counter;
            field.Any(record, ref test);
        };
    }
}
