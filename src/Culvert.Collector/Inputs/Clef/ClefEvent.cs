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
    public bool TryTake(ReadOnlySpan<byte> name, JsonElement value)
    {
        if (name.SequenceEqual("@t"u8)) return Set(ref Time, value, JsonValueKind.String);
        if (name.SequenceEqual("@m"u8)) return Set(ref Message, value, JsonValueKind.String);
        if (name.SequenceEqual("@mt"u8)) return Set(ref Template, value, JsonValueKind.String);
        if (name.SequenceEqual("@l"u8)) return Set(ref Level, value, JsonValueKind.String);
        if (name.SequenceEqual("@x"u8)) return Set(ref Exception, value, JsonValueKind.String);
        if (name.SequenceEqual("@tr"u8)) return Set(ref TraceId, value, JsonValueKind.String);
        if (name.SequenceEqual("@sp"u8)) return Set(ref SpanId, value, JsonValueKind.String);
        if (name.SequenceEqual("@r"u8)) return Set(ref Renderings, value, JsonValueKind.Array);
        if (name.SequenceEqual("@ra"u8)) return Set(ref ResourceAttributes, value, JsonValueKind.Object);
        if (name.SequenceEqual("@sa"u8)) return Set(ref ScopeAttributes, value, JsonValueKind.Object);
        if (name.SequenceEqual("SourceContext"u8)) return Set(ref SourceContext, value, JsonValueKind.String);
        if (!name.SequenceEqual("@i"u8)) return false;
        EventId = value;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number;
    }

    private static bool Set(ref JsonElement field, JsonElement value, JsonValueKind kind)
    {
        if (value.ValueKind != kind) return false;
        field = value;
        return true;
    }
}
