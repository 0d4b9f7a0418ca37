namespace Culvert.Collector.Query.Parsing;

/// <summary>Collects the notes of one parse, up to a limit.</summary>
internal sealed class QueryNotes
{
    private readonly List<QueryNote> _notes = [];

    public void Add(int start, int end, string message)
    {
        if (_notes.Count < QueryLimits.NoteCountMax) _notes.Add(new QueryNote(start, end - start, message));
    }

    public QueryNote[] ToArray() => [.. _notes];
}
