using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Elasticsearch.Search;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Collector.Tests.Query;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The same records in a store and in an index: each is taken by the intake, and what the store then has is
/// what the index gets.</summary>
internal sealed class TwoEngines : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-two-");
    private readonly ElasticsearchClient _client;
    private readonly LogSpool _spool;
    private readonly SpoolIntake _intake;
    private readonly LogStore _store;
    private readonly InputProducer _producer = new(1, 1);
    private ulong _indexed;

    private TwoEngines(ElasticsearchClient client)
    {
        _client = client;
        var ledger = new Ledger();
        _spool = LogSpool.Open(new SpoolOptions { Folder = Path.Combine(_folder.FullName, "spool") }, ledger);
        _intake = new SpoolIntake(_spool, ledger);
        _store = LogStore.Open(
            Path.Combine(_folder.FullName, "store"), new SpoolTail(_spool), NullLogger.Instance);
        Store = new StoreEngine(_store);
        Server = new ElasticsearchEngine(client, $"{Prefix}-*", TimeProvider.System);
    }

    public string Prefix { get; } = "t" + Guid.NewGuid().ToString("n");

    public ISearchEngine Store { get; }

    public ISearchEngine Server { get; }

    public static async Task<TwoEngines> StartAsync(SearchServer server)
    {
        var client = server.Connect();
        var engines = new TwoEngines(client);
        var flavour = await client.DetectAsync(TestContext.Current.CancellationToken);
        var template = ElasticsearchTemplate.Create(flavour, engines.Prefix, 2, 0, withLifeCycle: false);
        await SearchServer.AskAsync(
            client, HttpMethod.Put, ElasticsearchTemplate.Path(engines.Prefix), template.ToJsonString());
        return engines;
    }

    /// <summary>Takes records; they are durable, and in no index yet.</summary>
    /// <param name="records">The records.</param>
    /// <param name="timeOf">Gives each a time of its own.</param>
    public async Task AcceptAsync(IEnumerable<TestRecord> records, Func<int, long>? timeOf = null)
    {
        var batch = new RecordBatchWriter();
        var bytes = new ArrayBufferWriter<byte>();
        var count = 0;
        foreach (var record in records)
        {
            batch.Clear();
            bytes.Clear();
            Write(batch, record.Stored, timeOf?.Invoke(count++));
            batch.WriteTo(bytes);
            var result = await _intake.AcceptAsync(new IntakeBatch
            {
                Input = "native",
                Producer = _producer.Id,
                FirstSequence = _producer.Take(1),
                ObservedNs = UnixTime.NowNs(TimeProvider.System),
                Origin = record.Source.Origin.Encoded.ToArray(),
                Records = bytes.WrittenSpan,
            });
            Assert.Equal(IntakeStatus.Durable, result.Status);
        }
    }

    /// <summary>Writes what the store has and the index has not; it can be found when this returns.</summary>
    /// <param name="which">What of it; null for all.</param>
    /// <param name="from">Begins again at this position.</param>
    public async Task IndexAsync(Func<RecordCopy, bool>? which = null, ulong? from = null)
    {
        using var document = new ElasticsearchDocument();
        using var tail = _store.OpenTail(Collector.Query.LogQuery.All, from ?? _indexed);
        var body = new MemoryStream();
        var count = 0;
        while (tail.Read(Take, TestContext.Current.CancellationToken))
        {
        }

        _indexed = tail.Position;
        await SendAsync();
        await SearchServer.AskAsync(_client, HttpMethod.Post, $"/{Prefix}-*/_refresh");

        bool Take(in StoredRecord record)
        {
            if (which is not null && !which(new RecordCopy(record))) return true;
            Span<byte> identity = stackalloc byte[RecordIdentity.LengthMax];
            identity = identity[..RecordIdentity.Format(_producer.Id, record.Position, identity)];
            body.Write("{\"create\":{\"_index\":\""u8);
            body.Write(Encoding.ASCII.GetBytes($"{Prefix}-{record.Position % 2}"));
            body.Write("\",\"_id\":\""u8);
            body.Write(identity);
            body.Write("\"}}\n"u8);
            using (var json = new Utf8JsonWriter(body, RecordJson.WriterOptions))
                document.Write(json, record, identity, null);
            body.WriteByte((byte)'\n');
            if (++count % 500 == 0) SendAsync().GetAwaiter().GetResult();
            return true;
        }

        async Task SendAsync()
        {
            if (body.Length == 0) return;
            var answer = await SearchServer.AskAsync(
                _client, HttpMethod.Post, "/_bulk", Encoding.UTF8.GetString(body.ToArray()));
            using var result = answer.Json();
            Assert.False(
                result.RootElement.GetProperty("errors").GetBoolean(),
                Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(2_000, answer.Body.Length)]));
            body.SetLength(0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await SearchServer.AskAsync(_client, HttpMethod.Delete, $"/{Prefix}-*");
        Server.Dispose();
        Store.Dispose();
        _store.Dispose();
        await _spool.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static void Write(RecordBatchWriter batch, in StoredRecord record, long? timeNs)
    {
        var resource = batch.AddResource(record.Source.Resource.Encoded);
        batch.BeginRecord(resource, record.Severity, timeNs ?? record.TimeNs);
        if (record.Trace.Length > 0) batch.Trace(record.Trace[..16], record.Trace[16..24], record.Trace[24]);
        if (record.Template.Length > 0) batch.Template(record.Template);
        if (record.Logger.Length > 0) batch.Logger(record.Logger);
        if (record.EventName.Length > 0) batch.EventName(record.EventName);
        batch.Body(record.Body);
        batch.Attributes(record.Attributes.Encoded);
        batch.EndRecord();
    }
}
