namespace Culvert.Collector.Records;

/// <summary>What a person is shown of an entry of systemd's journal on one line: a page of trusted fields would hide
/// what was said. All of them are in the record, and so in its JSON.</summary>
internal static class JournalFields
{
    /// <summary>The attributes that say which process the journal names.</summary>
    public static ReadOnlySpan<byte> ProcessId => "pid"u8;

    public static ReadOnlySpan<byte> Executable => "exe"u8;

    public static ReadOnlySpan<byte> User => "user"u8;

    /// <summary>Whether the record is an entry of the journal: every one has its cursor's time.</summary>
    public static bool IsEntry(Culvert.Records.AttributeList attributes) =>
        attributes.TryFind("__REALTIME_TIMESTAMP"u8, out _);

    /// <summary>Whether a field is left out of a line: what journald adds by itself, but for the unit, and what is
    /// shown already in another place.</summary>
    public static bool IsLeftOut(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual(Executable)) return true;
        if (key is [(byte)'_', ..]) return !key.SequenceEqual("_SYSTEMD_UNIT"u8);
        return key.SequenceEqual("PRIORITY"u8) || key.SequenceEqual("TID"u8) || key.SequenceEqual("MESSAGE_ID"u8)
            || key.StartsWith("SYSLOG_"u8) || key.StartsWith("CODE_"u8);
    }
}
