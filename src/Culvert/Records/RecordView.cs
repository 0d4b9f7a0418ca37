using System.Buffers.Binary;

namespace Culvert.Records;

/// <summary>One record in the memory of its batch. All text is UTF-8.</summary>
internal ref struct RecordView
{
    /// <summary>The record as it was written, its length included.</summary>
    public ReadOnlySpan<byte> Encoded { get; private set; }

    /// <summary>Sequence numbers skipped before this record.</summary>
    public ulong Gap { get; private set; }

    /// <summary>Index into the batch's resources.</summary>
    public int Resource { get; private set; }

    public Severity Severity { get; private set; }

    public RecordFlags Flags { get; private set; }

    /// <summary>Nanoseconds since 1970 UTC; 0 is not known.</summary>
    public long TimeNs { get; private set; }

    /// <summary>Trace id (16), span id (8), trace flags (1); empty without a trace.</summary>
    public ReadOnlySpan<byte> Trace { get; private set; }

    public ReadOnlySpan<byte> Template { get; private set; }

    public ReadOnlySpan<byte> Logger { get; private set; }

    public ReadOnlySpan<byte> EventName { get; private set; }

    public ReadOnlySpan<byte> Body { get; private set; }

    public AttributeList Attributes { get; private set; }

    public static bool TryRead(
        ReadOnlySpan<byte> source, scoped ref int position, int resourceCount, out RecordView record)
    {
        record = default;
        var start = position;
        if (!RecordBytes.TryReadString(source, ref position, RecordLimits.RecordBytesMax, out var content))
            return false;
        var at = 0;
        if (!record.TryReadHead(content, ref at, resourceCount) || !record.TryReadStrings(content, ref at))
            return false;
        if (!AttributeList.TryRead(content, ref at, out var attributes) || at != content.Length) return false;
        record.Attributes = attributes;
        record.Encoded = source[start..position];
        return true;
    }

    private bool TryReadHead(ReadOnlySpan<byte> content, scoped ref int at, int resourceCount)
    {
        if (!Varint.TryRead(content, ref at, out var gap)) return false;
        if (!RecordBytes.TryReadCount(content, ref at, resourceCount - 1, out var resource)) return false;
        if (content.Length - at < 1 + 1 + sizeof(long)) return false;
        Gap = gap;
        Resource = resource;
        Severity = (Severity)content[at++];
        Flags = (RecordFlags)content[at++];
        TimeNs = BinaryPrimitives.ReadInt64LittleEndian(content[at..]);
        at += sizeof(long);
        if ((byte)Severity > RecordLimits.SeverityMax || (byte)Flags > 63) return false;
        if (!Flags.HasFlag(RecordFlags.Trace)) return true;
        if (content.Length - at < RecordLayout.TraceBytes) return false;
        Trace = content.Slice(at, RecordLayout.TraceBytes);
        at += RecordLayout.TraceBytes;
        return true;
    }

    private bool TryReadStrings(ReadOnlySpan<byte> content, scoped ref int at)
    {
        ReadOnlySpan<byte> template = default, logger = default, eventName = default;
        if (Flags.HasFlag(RecordFlags.Template)
            && !RecordBytes.TryReadString(content, ref at, RecordLimits.StringBytesMax, out template)) return false;
        if (Flags.HasFlag(RecordFlags.Logger)
            && !RecordBytes.TryReadString(content, ref at, RecordLimits.KeyBytesMax, out logger)) return false;
        if (Flags.HasFlag(RecordFlags.EventName)
            && !RecordBytes.TryReadString(content, ref at, RecordLimits.KeyBytesMax, out eventName)) return false;
        if (!RecordBytes.TryReadString(content, ref at, RecordLimits.StringBytesMax, out var body)) return false;
        Template = template;
        Logger = logger;
        EventName = eventName;
        Body = body;
        return true;
    }
}
