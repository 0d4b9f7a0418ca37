using System.Text.Json;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>The reified properties of one CLEF event; source: github.com/serilog/serilog-formatting-compact and
/// docs.datalust.co, "Posting raw events". A kind of Undefined says that a property is not there.</summary>
internal struct ClefEvent
{
    public JsonElement Time;
    public JsonElement Message;
    public JsonElement Template;
    public JsonElement Level;
    public JsonElement Exception;
    public JsonElement EventId;
    public JsonElement Renderings;
    public JsonElement TraceId;
    public JsonElement SpanId;
    public JsonElement SourceContext;
    public JsonElement ResourceAttributes;
    public JsonElement ScopeAttributes;

    /// <summary>Takes the property if it is one of these; false for one that is an attribute.</summary>
    public bool TryTake(JsonProperty property)
    {
        if (property.NameEquals("@t"u8)) return Set(ref Time, property, JsonValueKind.String);
        if (property.NameEquals("@m"u8)) return Set(ref Message, property, JsonValueKind.String);
        if (property.NameEquals("@mt"u8)) return Set(ref Template, property, JsonValueKind.String);
        if (property.NameEquals("@l"u8)) return Set(ref Level, property, JsonValueKind.String);
        if (property.NameEquals("@x"u8)) return Set(ref Exception, property, JsonValueKind.String);
        if (property.NameEquals("@tr"u8)) return Set(ref TraceId, property, JsonValueKind.String);
        if (property.NameEquals("@sp"u8)) return Set(ref SpanId, property, JsonValueKind.String);
        if (property.NameEquals("@r"u8)) return Set(ref Renderings, property, JsonValueKind.Array);
        if (property.NameEquals("@ra"u8)) return Set(ref ResourceAttributes, property, JsonValueKind.Object);
        if (property.NameEquals("@sa"u8)) return Set(ref ScopeAttributes, property, JsonValueKind.Object);
        if (property.NameEquals("SourceContext"u8)) return Set(ref SourceContext, property, JsonValueKind.String);
        if (!property.NameEquals("@i"u8)) return false;
        EventId = property.Value;
        return property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number;
    }

    private static bool Set(ref JsonElement field, JsonProperty property, JsonValueKind kind)
    {
        if (property.Value.ValueKind != kind) return false;
        field = property.Value;
        return true;
    }
}
