using System.Text;
using Culvert.Collector.Inputs.Lines;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// Makes a record of one syslog message: RFC 5424, RFC 3164, and what programs really send (no time, no host, a year,
/// the ISO time that rsyslog writes, no tag). What follows no form is kept whole as the body.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class SyslogParser(TimeProvider time)
{
    private const int PriorityMax = 191;

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "ntp", "audit",
        "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private static readonly byte[][] FacilityNames = [.. Facilities.Select(Encoding.ASCII.GetBytes)];

    private readonly StructuredDataParser _structuredData = new();
    private readonly SyslogTime _time = new(time);
    private readonly TextRepair _repair = new();

    /// <summary>Whether the text begins with a priority, as every syslog message must.</summary>
    public static bool HasPriority(ReadOnlySpan<byte> text) => TryPriority(text, out _, out _);

    /// <summary>Clears the draft and fills it from any bytes; see <see cref="LineParse"/>.</summary>
    public LineMends ParseBytes(ReadOnlySpan<byte> message, RecordDraft draft, bool isCut)
    {
        draft.Clear();
        var text = _repair.Repair(message, out var wasInvalid);
        var mends = Parse(text, draft);
        if (wasInvalid) mends |= LineMends.InvalidText;
        if (isCut) mends |= LineMends.Cut;
        draft.Truncated |= isCut;
        return mends;
    }

    /// <summary>Fills a cleared draft. Never throws, whatever the text is.</summary>
    /// <param name="text">Valid UTF-8, without the framing of its transport.</param>
    /// <param name="draft">Where the record is written.</param>
    public LineMends Parse(ReadOnlySpan<byte> text, RecordDraft draft)
    {
        text = text.TrimEnd("\n\r\0"u8);
        if (!TryPriority(text, out var priority, out var rest))
        {
            draft.SetBody(text);
            return LineMends.BrokenSyslog;
        }

        draft.Severity = SeverityWords.FromSyslog(priority & 7);
        draft.Attributes.Add("syslog.facility"u8, FacilityNames[priority >> 3]);
        if (!rest.StartsWith("1 "u8))
        {
            ParseOld(rest, draft);
            return LineMends.None;
        }

        if (TryParseNew(rest[2..], draft)) return LineMends.None;
        draft.SetBody(rest);
        return LineMends.BrokenSyslog;
    }

    private static bool TryPriority(ReadOnlySpan<byte> text, out int priority, out ReadOnlySpan<byte> rest)
    {
        priority = 0;
        rest = default;
        if (text is not [(byte)'<', ..]) return false;
        var end = text[..Math.Min(text.Length, 5)].IndexOf((byte)'>');
        if (end < 2 || !TimestampParser.TryDigits(text[1..end], out var number) || number > PriorityMax) return false;
        priority = (int)number;
        rest = text[(end + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return word;
    }

    private static bool IsNil(ReadOnlySpan<byte> word) => word is [(byte)'-'];

    /// <summary>RFC 5424, section 6, behind the version.</summary>
    private bool TryParseNew(ReadOnlySpan<byte> text, RecordDraft draft)
    {
        var when = TakeWord(ref text);
        var timeNs = 0L;
        if (!IsNil(when) && !TimestampParser.TryParseLeading(when, TimeZoneInfo.Utc, out timeNs, out _)) return false;
        var host = TakeWord(ref text);
        var application = TakeWord(ref text);
        var process = TakeWord(ref text);
        var message = TakeWord(ref text);
        if (host.IsEmpty || application.IsEmpty || process.IsEmpty || message.IsEmpty) return false;
        if (!_structuredData.TryParse(ref text)) return false;

        draft.TimeNs = timeNs;
        if (!IsNil(host)) draft.SetHost(host);
        if (!IsNil(application)) draft.SetService(application);
        if (!IsNil(process)) SetProcess(process, draft);
        if (!IsNil(message)) draft.Attributes.Add("syslog.msgid"u8, message);
        _structuredData.WriteTo(draft);
        if (text is [(byte)' ', ..]) text = text[1..];
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        draft.SetBody(text);
        return true;
    }

    /// <summary>RFC 3164, section 4.1, every part of which may be missing.</summary>
    private void ParseOld(ReadOnlySpan<byte> text, RecordDraft draft)
    {
        if (_time.TryParse(text, out var timeNs, out var length))
        {
            draft.TimeNs = timeNs;
            text = text[length..].TrimStart((byte)' ');
            // A host stands only behind a time, and only if a tag follows: local programs leave it out.
            var behind = text;
            var host = TakeWord(ref behind);
            if (!SyslogTag.TryParse(text, out _) && SyslogTag.TryParse(behind, out _))
            {
                draft.SetHost(host);
                text = behind;
            }
        }

        if (SyslogTag.TryParse(text, out var tag))
        {
            draft.SetService(text[..tag.NameLength]);
            var process = text[tag.Process];
            if (!process.IsEmpty) SetProcess(process, draft);
            text = text[tag.Length..];
        }

        draft.SetBody(text);
    }

    private static void SetProcess(ReadOnlySpan<byte> process, RecordDraft draft)
    {
        if (process.Length <= 10 && TimestampParser.TryDigits(process, out var processId))
            draft.ProcessId = processId;
        else
            draft.Attributes.Add("syslog.procid"u8, process);
    }
}
