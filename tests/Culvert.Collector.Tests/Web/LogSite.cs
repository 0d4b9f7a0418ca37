using System.Buffers;
using System.Net.Http.Headers;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Collector.Web;
using Culvert.Collector.Web.Access;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Web;

/// <summary>A collector without inputs: a real spool, ledger and store behind the real HTTP host, filled by
/// hand.</summary>
internal sealed class LogSite : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-site-");
    private readonly LogSpool _spool;
    private readonly SpoolIntake _intake;
    private readonly StoreWriter _writer;
    private readonly SpoolReader _reader;
    private readonly LogApi _api;
    private readonly InputProducer _producer = new(1, 1);

    private LogSite()
    {
        _spool = LogSpool.Open(new SpoolOptions { Folder = Path.Combine(_folder.FullName, "spool") }, Ledger);
        _intake = new SpoolIntake(_spool, Ledger);
        _reader = _spool.OpenReader("store");
        var options = new StoreOptions { Folder = Path.Combine(_folder.FullName, "store") };
        _writer = StoreWriter.Open(options, NullLogger.Instance);
        Store = LogStore.Open(options.Folder, new SpoolTail(_spool), NullLogger.Instance);
        Host = new HttpHost(
            new HttpOptions { Address = "127.0.0.1:0" }, _folder.FullName, NullLogger.Instance, TimeProvider.System);
        _api = new LogApi(Store, Ledger, Host, TimeProvider.System);
        _api.Map();
        HttpToken.TryRead(_folder.FullName, out var token);
        Client = new HttpClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public delegate void Fill(RecordBatchWriter batch, int index);

    public Ledger Ledger { get; } = new();

    public LogStore Store { get; }

    public HttpHost Host { get; }

    public HttpClient Client { get; }

    public static long NowNs => UnixTime.NowNs(TimeProvider.System);

    public static async Task<LogSite> StartAsync()
    {
        var site = new LogSite();
        await site.Host.StartAsync(CancellationToken.None);
        site.Client.BaseAddress = site.Host.Address;
        return site;
    }

    /// <summary>Takes records as an input would; they are durable, and in no block yet.</summary>
    public async Task AddAsync(int count, Fill fill, params string[] services)
    {
        var batch = new RecordBatchWriter();
        for (var index = 0; index < count;)
        {
            batch.Clear();
            foreach (var service in services.Length == 0 ? ["api"] : services)
                batch.AddResource(AttributeWriter.Encode([new("service.name", service), new("host.name", "build-01")]));
            while (index < count && !batch.IsFull && batch.RecordCount < 1_000) fill(batch, index++);
            await AcceptAsync(batch);
        }
    }

    /// <summary>One record.</summary>
    public Task AddAsync(
        string body, Severity severity = Severity.Info, params (string Key, object? Value)[] attributes) =>
        AddAsync(1, (batch, _) => Record(batch, 0, severity, NowNs, body, attributes));

    public static void Record(
        RecordBatchWriter batch, int resource, Severity severity, long timeNs, string body,
        params (string Key, object? Value)[] attributes)
    {
        batch.BeginRecord(resource, severity, timeNs);
        batch.Body(body);
        var list = batch.BeginAttributes();
        foreach (var (key, value) in attributes) list.Add(key, value);
        list.End();
        batch.EndRecord();
    }

    /// <summary>Moves everything from the spool into blocks.</summary>
    public void StoreAll()
    {
        while (_reader.TryRead(out var entry)) _writer.Add(entry);
        _writer.Commit();
        _reader.Commit(_writer.Cursor);
    }

    public async Task<string> GetAsync(string path) =>
        await Client.GetStringAsync(path).WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        _api.Dispose();
        Store.Dispose();
        _writer.Dispose();
        _reader.Dispose();
        await _spool.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task AcceptAsync(RecordBatchWriter batch)
    {
        var bytes = new ArrayBufferWriter<byte>();
        batch.WriteTo(bytes);
        var origin = AttributeWriter.Encode([new("input", "listen"), new("peer.pid", 4711), new("peer.user", "ada")]);
        var accepted = Accept();
        var result = await accepted.AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        if (result.Status != IntakeStatus.Durable) throw new InvalidOperationException(result.Message);

        ValueTask<IntakeResult> Accept() => _intake.AcceptAsync(new IntakeBatch
        {
            Input = "listen",
            Producer = _producer.Id,
            FirstSequence = _producer.Take(batch.RecordCount),
            ObservedNs = NowNs,
            Origin = origin,
            Records = bytes.WrittenSpan,
        });
    }
}
