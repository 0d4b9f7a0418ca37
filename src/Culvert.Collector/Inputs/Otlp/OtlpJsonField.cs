namespace Culvert.Collector.Inputs.Otlp;

/// <summary>One field of an OTLP message, as its JSON names it.</summary>
/// <param name="Name">The field's name in lowerCamelCase, as the ProtoJSON mapping has it.</param>
/// <param name="Number">The field's number.</param>
/// <param name="Kind">How the value is written.</param>
/// <param name="Message">The message of a <see cref="OtlpJsonKind.Message"/>.</param>
/// <param name="Repeated">Whether the JSON is an array of such values.</param>
internal sealed record OtlpJsonField(
    string Name, int Number, OtlpJsonKind Kind, OtlpJsonMessage? Message = null, bool Repeated = false);

/// <summary>The kinds of values in OTLP's JSON; source: opentelemetry.io/docs/specs/otlp, "JSON Protobuf
/// Encoding".</summary>
internal enum OtlpJsonKind
{
    Text,
    Base64,

    /// <summary>Trace and span ids are hexadecimal, against the ProtoJSON mapping.</summary>
    Hex,
    Bool,

    /// <summary>Integers of every width, as numbers or as strings.</summary>
    Integer,

    /// <summary>A SeverityNumber: a number or its name.</summary>
    Severity,
    Fixed64,
    Fixed32,
    Double,
    Message,
}
