using System.Text;
using Culvert.Collector.Query;

namespace Culvert.Fuzz.Targets;

/// <summary>A query of a person: it always parses, notes stay inside the text, and its plain form means the
/// same.</summary>
internal sealed class QueryTarget : IFuzzTarget
{
    public string Name => "query";

    public IEnumerable<string> Words =>
    [
        " AND ", " OR ", " NOT ", "-", "(", ")", "\"", ":", ":*", "*", ">=", "<", "!=", "\\", "level:", "service:",
        "time:", "1e999", "0x", "trace:", "é", "\ud83d\ude00", "resource.", "origin.",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var query = LogQuery.Parse(text);
        foreach (var note in query.Notes)
        {
            Must.Hold(note.Position >= 0 && note.Length >= 0 && note.Position + note.Length <= text.Length);
            Must.Hold(note.Message.Length > 0);
        }

        // The plain form has brackets and quotes that the text need not have, and may be too long where that was not.
        if (query.ToString().Length > QueryLimits.QueryLengthMax) return;
        var again = LogQuery.Parse(query.ToString());
        Must.Equal(query.ToString(), again.ToString());
        // A note may say that a limit cut the query, and then it says so again.
        if (query.Notes.Count == 0) Must.Hold(again.Notes.Count == 0, $"{query}: {again.Notes.FirstOrDefault()}");
        Samples.EachRecord((in record) => Must.Equal(query.Matches(record), again.Matches(record)));
    }
}
