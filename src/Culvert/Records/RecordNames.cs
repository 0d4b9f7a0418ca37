namespace Culvert.Records;

/// <summary>Template, logger and name of the event as they stand in a record, for those that come again and again: they
/// are encoded once.</summary>
internal sealed class RecordNames
{
    public RecordNames(byte[] template, byte[] logger, string? eventName)
    {
        (Logger, EventName) = (logger, eventName);
        var buffer = new RecordBuffer(256);
        Flags = RecordFlags.Template | RecordFlags.Logger;
        var isWhole = buffer.WriteString(template, RecordLimits.StringBytesMax);
        isWhole &= buffer.WriteString(logger, RecordLimits.KeyBytesMax);
        if (eventName is not null)
        {
            Flags |= RecordFlags.EventName;
            isWhole &= buffer.WriteString(eventName, RecordLimits.KeyBytesMax);
        }

        if (!isWhole) Flags |= RecordFlags.Truncated;
        Encoded = buffer.Written.ToArray();
    }

    public byte[] Logger { get; }

    public string? EventName { get; }

    public RecordFlags Flags { get; }

    public byte[] Encoded { get; }
}
