using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Query.Parsing;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query;

/// <summary>
/// A query, parsed: which records it finds, and which blocks need not be read for it. docs/query.md fixes the language.
/// </summary>
/// <remarks>Immutable; any thread. Matching allocates nothing, as long as records of one source follow each
/// other.</remarks>
internal sealed class LogQuery
{
    /// <summary>Finds every record.</summary>
    public static readonly LogQuery All = new("", AllNode.Instance, []);

    private LogQuery(string text, QueryNode root, QueryNote[] notes)
    {
        Text = text;
        Root = root;
        Notes = notes;
    }

    /// <summary>The query as it was written.</summary>
    public string Text { get; }

    public QueryNode Root { get; }

    /// <summary>What was not taken as it was written, and why.</summary>
    public IReadOnlyList<QueryNote> Notes { get; }

    /// <summary>Never fails: what is no query is searched as text, and <see cref="Notes"/> say so.</summary>
    public static LogQuery Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return All;
        var (root, notes) = QueryParser.Parse(text);
        return new LogQuery(text, root, notes);
    }

    public bool Matches(in StoredRecord record) => Root.Matches(record);

    /// <summary>What can be said of a block's records without reading them; None means that it need not be
    /// read.</summary>
    public BlockVerdict Examine(in BlockSummary block) => Root.Examine(block);

    /// <summary>The query in its plainest form, which parses into an equal one.</summary>
    public override string ToString() => Root.ToString();
}
