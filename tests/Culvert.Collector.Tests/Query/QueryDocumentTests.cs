using Culvert.Collector.Query;
using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Tests.Query;

public sealed class QueryDocumentTests
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var one in QueryDocument.Cases) data.Add(one.Query, one.Finds, one.Note);
            return data;
        }
    }

    [Fact]
    public void Document_HoldsTheCases() => Assert.InRange(QueryDocument.Cases.Count, 250, 1000);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parse_CaseOfTheDocument_FindsWhatItSays(string text, string finds, string note)
    {
        var query = LogQuery.Parse(text);

        Assert.Equal(finds, string.Concat(
            QueryDocument.Records.Where(r => query.Matches(r.Record.Stored)).Select(r => r.Id)));
        if (note.Length == 0) Assert.Empty(query.Notes);
        else Assert.Contains(query.Notes, one => one.Message.Contains(note, StringComparison.Ordinal));
        var printed = LogQuery.Parse(query.ToString());
        Assert.Equal(query.ToString(), printed.ToString());
        Assert.Empty(printed.Notes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Examine_BlockOfOneRecord_AgreesWithMatches(string text, string finds, string note)
    {
        _ = (finds, note);
        var query = LogQuery.Parse(text);
        foreach (var (id, record) in QueryDocument.Records)
        {
            var verdict = query.Examine(ExactFilter.Summarize([record]));
            var expected = query.Matches(record.Stored);
            Assert.False(verdict == BlockVerdict.None && expected, $"{id} was ruled out by {text}");
            Assert.False(verdict == BlockVerdict.All && !expected, $"{id} was ruled in by {text}");
        }
    }
}
