using System.Text;
using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Collector.Tests.Store;

/// <summary>Finds a piece of the body and a least severity.</summary>
internal sealed class TestFilter(string text, int severity = 0) : IRecordFilter
{
    public ColumnSet Columns => ColumnSet.Bodies;

    public bool AsksTokens => false;

    public bool Matches(in StoredRecord record) =>
        (int)record.Severity >= severity && record.Body.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    public BlockFit Fit(uint severities, ReadOnlySpan<Source> sources, TokenProbe? tokens) =>
        severities >> severity == 0 ? BlockFit.None : text.Length == 0 && severity == 0 ? BlockFit.All : BlockFit.Some;
}
