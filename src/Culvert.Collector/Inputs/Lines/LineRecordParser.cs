using Culvert.Collector.Inputs.Syslog;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Makes a record of a line of any kind, deciding for each line by itself: an entry of systemd's journal, another JSON
/// object, or plain text. What is broken is kept as plain text, so that nothing is lost.
/// </summary>
/// <remarks>One for each stream; one thread at a time.</remarks>
internal sealed class LineRecordParser
{
    private readonly TextRepair _repair = new();
    private readonly PlainLineMapper _plain;
    private readonly JsonLineMapper _json;
    private readonly JournalMapper _journal = new();
    private readonly SyslogParser _syslog;

    /// <param name="time">Its local zone is that of times that name none; its year that of times without one.</param>
    public LineRecordParser(TimeProvider time)
    {
        _plain = new PlainLineMapper(time.LocalTimeZone);
        _json = new JsonLineMapper(time.LocalTimeZone);
        _syslog = new SyslogParser(time);
    }

    /// <summary>Clears the draft and fills it. Never throws, whatever the bytes are.</summary>
    /// <param name="line">A line without its end, or lines joined by LF.</param>
    /// <param name="draft">Where the record is written.</param>
    /// <param name="isCut">Whether the line's tail was skipped because it was too long.</param>
    public LineMends Parse(ReadOnlySpan<byte> line, RecordDraft draft, bool isCut = false)
    {
        draft.Clear();
        var mends = isCut ? LineMends.Cut : LineMends.None;
        var text = _repair.Repair(line, out var wasInvalid);
        if (wasInvalid) mends |= LineMends.InvalidText;
        if (text is not [(byte)'{', ..])
        {
            // A program that writes '<3>' before its lines means the priority, as systemd's sd-daemon(3) has it.
            if (SyslogParser.HasPriority(text))
                mends |= _syslog.Parse(text, draft);
            else
                _plain.Map(text, draft);
        }
        else if (!(JournalMapper.IsEntry(text) ? _journal.TryMap(text, draft) : _json.TryMap(text, draft)))
        {
            // A JSON line that was cut is counted as cut alone.
            if (!isCut) mends |= LineMends.BrokenJson;
            draft.Clear();
            _plain.Map(text, draft);
        }

        draft.Truncated |= isCut;
        return mends;
    }
}
