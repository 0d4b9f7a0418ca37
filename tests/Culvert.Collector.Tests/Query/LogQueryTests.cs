using Culvert.Collector.Query;
using Culvert.Records;

namespace Culvert.Collector.Tests.Query;

public sealed class LogQueryTests
{
    [Theory]
    [InlineData("refused", true)]
    [InlineData("REFUSED level>=warn status>=500 -host:db1", true)]
    [InlineData("\"connection refused\" (service:api OR service:web)", true)]
    [InlineData("refus", false)]
    [InlineData("refus*", true)]
    [InlineData("10.0.*", true)]
    [InlineData("level:info", false)]
    [InlineData("NOT missing:*", true)]
    public void Matches_OneRecord_AsTheLanguageSays(string query, bool expected)
    {
        var record = new TestRecord(
            "Connection refused by 10.0.0.1:5432",
            Severity.Error,
            attributes: [new("status", 503)],
            resource: [new("service.name", "api"), new("host.name", "web1")]);

        Assert.Equal(expected, LogQuery.Parse(query).Matches(record.Stored));
    }

    [Theory]
    [InlineData("_ a", false)]
    [InlineData("a __", false)]
    [InlineData("_", false)]
    [InlineData("__a", true)]
    [InlineData("x _a", true)]
    public void Matches_PrefixOfUnderscoresAlone_FindsWordsOnly(string body, bool found) =>
        Assert.Equal(found, LogQuery.Parse("message:\"_\"*").Matches(new TestRecord(body).Stored));
}
