using System.Text.Json;
using Culvert.Collector.Query;

namespace Culvert.Collector.Web.Api;

/// <summary>Writes what of a query was not taken as it was written.</summary>
internal static class NotesJson
{
    public static void Write(Utf8JsonWriter writer, LogQuery query)
    {
        writer.WriteStartArray("notes"u8);
        foreach (var note in query.Notes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("position"u8, note.Position);
            writer.WriteNumber("length"u8, note.Length);
            writer.WriteString("message"u8, note.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
