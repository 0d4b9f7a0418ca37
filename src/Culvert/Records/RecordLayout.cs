namespace Culvert.Records;

/// <summary>
/// How a batch of records looks in bytes: on the wire of the native protocol and in the spool. Little-endian; a varint
/// is unsigned LEB128 as in Protocol Buffers; a string is a varint of its length in bytes, then UTF-8.
/// <code>
/// batch      := version u8 (1) | resourceCount varint | resource* | recordCount varint | record*
/// resource   := attributes
/// attributes := bytes varint | count varint | attribute*           bytes counts all that follows it
/// attribute  := key string | type u8 | value                       see AttributeType
/// record     := bytes varint                                       bytes counts all that follows it
///               gap varint          sequence numbers skipped before this record; normally 0
///               resource varint     index into the batch's resources
///               severity u8         OpenTelemetry's number, 0 to 24
///               flags u8            RecordFlags
///               time i64            ns since 1970 UTC; 0 = not known
///               [traceId 16 | spanId 8 | traceFlags u8]            if flags has Trace
///               [template string]                                  if flags has Template
///               [logger string]                                    if flags has Logger (OpenTelemetry's scope name)
///               [eventName string]                                 if flags has EventName
///               body string         UTF-8 text, or JSON if flags has BodyIsJson
///               attributes
/// </code>
/// The first record of a batch has the sequence number that the frame gives plus its gap; each further one has its
/// predecessor's plus 1 plus its gap.
/// </summary>
public static class RecordLayout
{
    /// <summary>The version written in the first byte of a batch.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of a trace context: trace id, span id, flags.</summary>
    public const int TraceBytes = 16 + 8 + 1;
}
