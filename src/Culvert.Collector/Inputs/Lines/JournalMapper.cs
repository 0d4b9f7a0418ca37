using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Makes a record of one entry of systemd's journal, as <c>journalctl -o json</c> prints it; source:
/// systemd.io/JOURNAL_EXPORT_FORMATS and systemd.journal-fields(7). Every field but MESSAGE is kept as an attribute
/// under its own name; priority, time, identifier, process and host are read from them besides. The process that the
/// journal names is also in the attributes <c>pid</c>, <c>exe</c> and <c>user</c>, so that a query by these names finds
/// the one that logged and not the one that handed its lines on, which stays in the origin.
/// </summary>
/// <remarks>A field's value is a string, null when it was too long for journalctl, an array of numbers when it is no
/// printable text, or an array of such values when the field occurs more than once. One thread at a time.</remarks>
internal sealed class JournalMapper
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = LineLimits.JsonDepthMax };

    private readonly TextRepair _repair = new();
    private readonly RecordBuffer _bytes = new(256);
    private readonly UserNames _users = new();
    private byte[] _key = new byte[64];
    private byte[] _value = new byte[1024];
    private byte[] _comm = [];
    private byte[] _unit = [];
    private uint? _userId;

    /// <summary>Whether the line has the field that every entry has.</summary>
    public static bool IsEntry(ReadOnlySpan<byte> line) => line.IndexOf("\"__REALTIME_TIMESTAMP\""u8) >= 0;

    /// <summary>Returns false when the line is no JSON object; the draft is then half filled and must be
    /// cleared.</summary>
    public bool TryMap(ReadOnlySpan<byte> line, RecordDraft draft)
    {
        _comm = _unit = [];
        _userId = null;
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = JsonText.Read(ref reader, ref _key);
                reader.Read();
                MapField(line, key, ref reader, draft);
            }

            if (reader.Read()) return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (draft.Service.IsEmpty && !draft.SetService(_comm)) draft.SetService(_unit);
        if (!draft.HasBody) draft.SetBody(default);
        AddProcess(draft);
        return true;
    }

    private void AddProcess(RecordDraft draft)
    {
        if (draft.ProcessId is { } processId) draft.Attributes.Add(JournalFields.ProcessId, processId);
        if (_userId is { } userId) draft.Attributes.Add(JournalFields.User, _users.NameOf(userId));
    }

    private void MapField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, ref Utf8JsonReader reader, RecordDraft draft)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                MapText(key, JsonText.Read(ref reader, ref _value), draft);
                break;
            case JsonTokenType.StartArray:
                MapArray(line, key, ref reader, draft);
                break;
            case JsonTokenType.Null:
                draft.Attributes.AddNull(key);
                break;
            case JsonTokenType.StartObject:
                draft.Attributes.AddJson(key, JsonText.ReadRaw(line, ref reader));
                break;
            default:
                MapText(key, reader.ValueSpan, draft);
                break;
        }
    }

    private void MapArray(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, ref Utf8JsonReader reader, RecordDraft draft)
    {
        var copy = reader;
        if (TryReadBytes(ref copy))
        {
            reader = copy;
            if (key.SequenceEqual("MESSAGE"u8) || Utf8.IsValid(_bytes.Written))
                MapText(key, _repair.Repair(_bytes.Written, out _), draft);
            else
                draft.Attributes.AddBytes(key, _bytes.Written);
            return;
        }

        draft.Attributes.AddJson(key, JsonText.ReadRaw(line, ref reader));
    }

    private bool TryReadBytes(ref Utf8JsonReader reader)
    {
        _bytes.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetByte(out var value)) return false;
            _bytes.WriteByte(value);
        }

        return reader.TokenType == JsonTokenType.EndArray && _bytes.Length > 0;
    }

    private void MapText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordDraft draft)
    {
        if (key.SequenceEqual("MESSAGE"u8) && draft.SetBody(value)) return;
        draft.Attributes.Add(key, value);
        if (key.SequenceEqual("PRIORITY"u8) && value is [>= (byte)'0' and <= (byte)'7'])
            draft.Severity = SeverityWords.FromSyslog(value[0] - '0');
        else if (key.SequenceEqual("__REALTIME_TIMESTAMP"u8) && TimestampParser.TryDigits(value, out var microseconds))
            draft.TimeNs = microseconds is > 0 and < long.MaxValue / 1_000 ? microseconds * 1_000 : 0;
        else if (key.SequenceEqual("SYSLOG_IDENTIFIER"u8))
            draft.SetService(value);
        else if (key.SequenceEqual("_COMM"u8))
            _comm = value.ToArray();
        else if (key.SequenceEqual("_SYSTEMD_UNIT"u8))
            _unit = value.ToArray();
        else if (key.SequenceEqual("_HOSTNAME"u8))
            draft.SetHost(value);
        else if (key.SequenceEqual("_EXE"u8))
            draft.Attributes.Add(JournalFields.Executable, value);
        else if (key.SequenceEqual("_UID"u8) && Utf8Parser.TryParse(value, out uint userId, out var used)
            && used == value.Length)
            _userId = userId;
        else if (key.SequenceEqual("_PID"u8) && value.Length < 12 && TimestampParser.TryDigits(value, out var pid))
            draft.ProcessId = pid;
    }
}
