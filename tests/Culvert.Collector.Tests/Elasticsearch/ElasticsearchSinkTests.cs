using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Elasticsearch;
using Culvert.Collector.Tests.Store;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Elasticsearch;

/// <summary>The writer against a server that fails in every way it may.</summary>
public sealed class ElasticsearchSinkTests
{
    private const long Day = 86_400_000_000_000;
    private const long Now = 1_795_000_000_000_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Letters _letters = new();
    private readonly OutputStatus _status = new("search", "elasticsearch", TimeProvider.System);

    [Fact]
    public async Task Write_ServerIsWell_EveryRecordOnceInItsDaysIndex()
    {
        await using var server = await FakeSearchServer.StartAsync();
        await using var sink = Sink(server);
        await DeliverAsync(sink, 300, i => Now + (i % 3 * Day));
        Assert.Equal(300, server.Documents.Count);
        Assert.Equal(3, server.Documents.Keys.Select(key => key.Split('/')[0]).Distinct().Count());
        Assert.Equal(300UL, sink.Confirmed);
        Assert.Contains("PUT /_index_template/culvert", server.Asked);
    }

    [Fact]
    public async Task Write_SameRecordsAgain_TheServerKeepsOneOfEach()
    {
        await using var server = await FakeSearchServer.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            await using var sink = Sink(server);
            await DeliverAsync(sink, 100);
            Assert.Equal(100UL, sink.Confirmed);
        }

        Assert.Equal(100, server.Documents.Count);
        Assert.Empty(_letters.All);
    }

    [Theory]
    [InlineData(429, "too much to do")]
    [InlineData(503, "is not ready")]
    [InlineData(403, "does not let this user take documents")]
    public async Task Write_WholeRequestRefused_SaysSoAndTriesAgain(int status, string words)
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.OnBulk = async (request, context, _) =>
        {
            if (request > 2) return false;
            await FakeSearchServer.WriteAsync(
                context, status, """{"error":{"type":"x","reason":"because"}}""");
            return true;
        };
        await using var sink = Sink(server);
        await DeliverAsync(sink, 50);
        Assert.Equal(50, server.Documents.Count);
        Assert.Contains(words, _status.Snapshot().Sentence, StringComparison.Ordinal);
        Assert.Equal(2, _status.Snapshot().Retries);
    }

    [Fact]
    public async Task Write_PasswordNoLongerRight_TheSinkEndsSoThatTheNextReadsItAgain()
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.OnBulk = async (_, context, _) =>
        {
            await FakeSearchServer.WriteAsync(context, 401, "{}");
            return true;
        };
        await using var sink = Sink(server);
        var exception = await Assert.ThrowsAsync<OutputException>(() => DeliverAsync(sink, 5));
        Assert.Contains("refused the user, password, key or token", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, sink.Confirmed);
    }

    [Fact]
    public async Task Write_ConnectionDropsAfterTheServerTookIt_NothingIsLostOrDoubled()
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.OnBulk = (request, context, items) =>
        {
            if (request > 2) return Task.FromResult(false);
            foreach (var item in items) server.Documents.TryAdd($"{item.Index}/{item.Id}", item.Document);
            context.Abort();
            return Task.FromResult(true);
        };
        await using var sink = Sink(server);
        await DeliverAsync(sink, 50);
        Assert.Equal(50, server.Documents.Count);
        Assert.Equal(50UL, sink.Confirmed);
    }

    [Fact]
    public async Task Write_RequestTooLarge_GoesInPartsAndOneTooLargeRecordIsADeadLetter()
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.OnBulk = async (_, context, items) =>
        {
            if (items.Sum(item => item.Document.Length) < 40_000) return false;
            await FakeSearchServer.WriteAsync(context, 413, "");
            return true;
        };
        await using var sink = Sink(server);
        await DeliverAsync(sink, 200, body: i => i == 77 ? new string('x', 50_000) : $"record {i}");
        Assert.Equal(199, server.Documents.Count);
        var letter = Assert.Single(_letters.All);
        Assert.Equal((77UL, "request_entity_too_large"), (letter.Position, letter.Reason));
        Assert.Equal(200UL, sink.Confirmed);
    }

    [Fact]
    public async Task Write_ErrorsOfItems_AreToldApart()
    {
        await using var server = await FakeSearchServer.StartAsync();
        var tries = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        server.OnItem = item =>
        {
            using var document = JsonDocument.Parse(item.Document);
            var position = document.RootElement.GetProperty("position").GetInt32();
            var attempt = tries.AddOrUpdate(item.Id, 1, (_, count) => count + 1);
            return position switch
            {
                3 => (400, "mapper_parsing_exception", "failed to parse field [x]"),
                4 when attempt == 1 => (429, "es_rejected_execution_exception", "queue is full"),
                5 when attempt == 1 => (503, "unavailable_shards_exception", "primary is not active"),
                6 when attempt == 1 => (403, "cluster_block_exception",
                    "index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)]"),
                7 => (403, "cluster_block_exception", "index [x] blocked by: [FORBIDDEN/8/index write (api)]"),
                8 when document.RootElement.TryGetProperty("numbers", out _) =>
                    (400, "illegal_argument_exception", "Limit of total fields [1000] has been exceeded"),
                _ => null,
            };
        };
        await using var sink = Sink(server);
        await DeliverAsync(sink, 20);
        Assert.Equal(18, server.Documents.Count);
        Assert.Equal(
            [(3UL, "mapper_parsing_exception"), (7UL, "cluster_block_exception")],
            _letters.All.Select(letter => (letter.Position, letter.Reason)).Order());
        Assert.All(_letters.All, letter => JsonDocument.Parse(letter.Document).Dispose());
        Assert.Equal("culvert-2026.11.18", _letters.All.First().Target);
        Assert.Equal(20UL, sink.Confirmed);
    }

    [Fact]
    public async Task Write_DiskOfTheServerFull_TheSentenceSaysSo()
    {
        await using var server = await FakeSearchServer.StartAsync();
        var isFull = true;
        server.OnItem = _ => isFull
            ? (429, "cluster_block_exception", "[TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]")
            : null;
        await using var sink = Sink(server);
        var delivery = DeliverAsync(sink, 5);
        await UntilAsync(() => _status.Snapshot().State == OutputState.Retrying);
        Assert.Contains("disk of the search server", _status.Snapshot().Sentence, StringComparison.Ordinal);
        isFull = false;
        await delivery;
        Assert.Equal(5, server.Documents.Count);
    }

    [Fact]
    public async Task Write_RecordsOfManyDays_NoBatchWritesMoreThanSixteenIndices()
    {
        await using var server = await FakeSearchServer.StartAsync();
        var most = 0;
        server.OnBulk = (_, _, items) =>
        {
            most = Math.Max(most, items.Select(item => item.Index).Distinct().Count());
            return Task.FromResult(false);
        };
        await using var sink = Sink(server, requests: 1);
        await DeliverAsync(sink, 200, i => (i % 100 * 200 * Day) - Day);
        Assert.Equal(200, server.Documents.Count);
        Assert.Equal(BulkLimits.BatchIndicesMax, most);
        Assert.Contains(server.Documents.Keys, key => key.StartsWith("culvert-1970.01.01/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_DeadLettersCannotBeKept_NothingIsConfirmedAndTheSinkSaysWhy()
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.OnItem = _ => (400, "mapper_parsing_exception", "no");
        _letters.Failure = new OutputException("The disk is full.");
        await using var sink = Sink(server);
        var exception = await Assert.ThrowsAsync<OutputException>(() => DeliverAsync(sink, 5));
        Assert.Equal("The disk is full.", exception.Message);
        Assert.Equal(0UL, sink.Confirmed);
    }

    [Theory]
    [InlineData("""{"number":"7.17.0"}""", "too old")]
    [InlineData("""{"number":"1.3.0","distribution":"opensearch"}""", "too old")]
    [InlineData("""{"name":"nginx"}""", "neither Elasticsearch nor OpenSearch")]
    public async Task Open_NotOurServer_SaysSo(string version, string words)
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.Version = version;
        await using var sink = Sink(server);
        var exception = await Assert.ThrowsAsync<OutputException>(
            () => sink.OpenAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_TemplateIsThere_IsNotTouched()
    {
        await using var server = await FakeSearchServer.StartAsync();
        server.TemplateStatus = 200;
        await using var sink = Sink(server);
        await sink.OpenAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("PUT /_index_template/culvert", server.Asked);
    }

    [Fact]
    public async Task Open_NobodyListens_SaysSo()
    {
        await using var sink = new ElasticsearchSink(
            Options(new Uri("http://127.0.0.1:1"), 4), _letters, _status, NullLogger.Instance, TimeProvider.System);
        var exception = await Assert.ThrowsAsync<OutputException>(
            () => sink.OpenAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(
            "No search server listens at http://127.0.0.1:1/; start it, or mend the address.", exception.Message);
    }

    [Fact]
    public void BatchSize_FastThenPressed_GrowsToItsBoundAndHalves()
    {
        var size = new BatchSize(4 * 1024 * 1024);
        for (var i = 0; i < 20; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(100));
        Assert.Equal(4 * 1024 * 1024, size.Bytes);
        size.Answered(10, TimeSpan.FromMilliseconds(100));
        Assert.Equal(4 * 1024 * 1024, size.Bytes);
        size.Pressed();
        size.Answered(size.Bytes, TimeSpan.FromSeconds(6));
        Assert.Equal(1024 * 1024, size.Bytes);
        for (var i = 0; i < 20; i++) size.Pressed();
        Assert.Equal(BulkLimits.BatchBytesMin, size.Bytes);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(Limit);
        while (!condition()) await timer.WaitForNextTickAsync(deadline.Token);
    }

    private static ElasticsearchSinkOptions Options(Uri address, int requests) => new()
    {
        Output = "search", Prefix = "culvert", RequestsMax = requests,
        Client = () => new ElasticsearchClientOptions { Addresses = [address] },
    };

    private ElasticsearchSink Sink(FakeSearchServer server, int requests = 4) =>
        new(Options(server.Address, requests), _letters, _status, NullLogger.Instance, TimeProvider.System);

    /// <summary>Drives the sink as the pump does.</summary>
    private static async Task DeliverAsync(
        ElasticsearchSink sink, int count, Func<int, long>? time = null, Func<int, string>? body = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        await sink.OpenAsync(deadline.Token);
        var entry = new TestSpool().Append(count, Now, (writer, i) =>
        {
            writer.BeginRecord(0, Severity.Info, time?.Invoke(i) ?? Now);
            writer.Body(body?.Invoke(i) ?? $"record {i}");
            var attributes = writer.BeginAttributes();
            attributes.Add("n", (long)i);
            attributes.End();
            writer.EndRecord();
        });
        for (var index = 0; index < count;)
        {
            index = sink.Write(entry, index);
            if (index < count) await sink.WaitForRoomAsync(deadline.Token);
        }

        await sink.FlushAsync(deadline.Token);
    }

    private sealed class Letters : IDeadLetters
    {
        private readonly Lock _gate = new();

        public List<DeadLetter> All { get; } = [];

        public OutputException? Failure { get; set; }

        public ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
        {
            if (Failure is { } failure) throw failure;
            lock (_gate) All.AddRange(letters);
            return ValueTask.CompletedTask;
        }
    }
}
