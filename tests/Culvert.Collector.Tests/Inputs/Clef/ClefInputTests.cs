using System.IO.Compression;
using System.Net;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs.Http;
using Culvert.Records;
using Serilog;

namespace Culvert.Collector.Tests.Inputs.Clef;

public sealed class ClefInputTests
{
    private const string Type = "application/vnd.serilog.clef";

    [Theory]
    [InlineData("/ingest/clef")]
    [InlineData("/api/events/raw?clef")]
    [InlineData("/api/events/raw")]
    public async Task Post_Events_AreKeptAndAnsweredAsSeqDoes(string path)
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync(path, "{\"@m\":\"a\"}\n{\"@m\":\"b\"}\n"u8.ToArray(), Type);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("""{"MinimumLevelAccepted":null}""", await response.Content.ReadAsStringAsync(InputHost.Token));
        Assert.Equal(["a", "b"], host.Intake.Bodies);
    }

    [Fact]
    public async Task Post_OldFormat_IsAnswered415()
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync(
            "/api/events/raw", """{"Events":[]}"""u8.ToArray(), "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("/ingest/clef", await response.Content.ReadAsStringAsync(InputHost.Token));
    }

    [Fact]
    public async Task Post_Gzip_IsDecompressed()
    {
        await using var host = await InputHost.StartAsync();
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write("{\"@m\":\"a\"}"u8);
        using var response = await host.PostAsync("/ingest/clef", bytes.ToArray(), Type, "gzip");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["a"], host.Intake.Bodies);
    }

    [Fact]
    public async Task Post_NothingButBroken_IsRefusedWithTheReason()
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync("/ingest/clef", "hello"u8.ToArray(), Type);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(1, host.DroppedBy("clef", DropReason.Malformed));
        Assert.Contains("Line 1 is not JSON", await response.Content.ReadAsStringAsync(InputHost.Token));
    }

    [Fact]
    public async Task Post_IntakeIsFull_IsAskedToComeAgain()
    {
        await using var host = await InputHost.StartAsync();
        host.Intake.Answer = IntakeStatus.Full;
        using var response = await host.PostAsync("/ingest/clef", "{\"@m\":\"a\"}"u8.ToArray(), Type);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Send_SerilogsSeqSink_EveryEventArrives()
    {
        await using var host = await InputHost.StartAsync();
        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .Enrich.WithProperty("Application", "shop")
            .WriteTo.Seq(host.Address.ToString(), apiKey: "secret")
            .CreateLogger();
        for (var i = 0; i < 500; i++) logger.ForContext("SourceContext",
            "Shop.Till").Warning("line {Index:000} of {@What}", i, new { A = 1 });
        logger.Fatal(new InvalidOperationException("no money"), "failed");
        await logger.DisposeAsync();

        var records = host.Intake.Records;
        Assert.Equal(501, records.Count);
        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $$"""line {{i:000}} of {"A":1}"""),
            records.Take(500).Select(record => record.Body));
        Assert.All(records, record => Assert.Equal("shop", record.Resource["service.name"]));
        Assert.Equal("Shop.Till", records[0].Logger);
        Assert.Equal(Severity.Fatal, records[500].Severity);
        Assert.Equal("System.InvalidOperationException", records[500].Attributes["exception.type"]);
        Assert.Equal("no money", records[500].Attributes["exception.message"]);
    }
}
