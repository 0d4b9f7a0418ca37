using Culvert.Collector.Configuration;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Outputs.Relay;
using Culvert.Collector.Store;
using Culvert.Collector.Web;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Consuming;

/// <summary>
/// One running member of a consumer group: reading, the output it writes to, its dead letters and its page. Starts and
/// stops them in order: a stop reads no more, makes safe what it can within a few seconds, commits that, and leaves the
/// group.
/// </summary>
internal sealed class ConsumerHost : IAsyncDisposable
{
    private const string StatusName = "consume";

    private readonly ConsumerOptions _options;
    private readonly CollectorData? _data;
    private readonly StoreWriter? _writer;
    private readonly LogStore? _store;
    private readonly LogApi? _api;
    private readonly HttpHost? _http;
    private readonly ConsumedQueue _queue;
    private readonly DeadLetterTopic _letters;
    private readonly DeadLetterTopic _refused;
    private readonly SpoolPump _pump;
    private readonly GroupMember _member;
    private readonly ConsumerReport _report;
    private readonly ulong _start;

    private ConsumerHost(
        ConsumerPlan plan, CollectorData? data, ILoggerFactory loggers, TimeProvider time)
    {
        (_options, _data) = (plan.Options, data);
        var logger = loggers.CreateLogger<ConsumerHost>();
        var reading = new OutputStatus(StatusName, "kafka", time);
        var writing = new OutputStatus(
            plan.Output?.Name ?? StoreOutput.Type, plan.Output?.Type ?? StoreOutput.Type, time);
        var target = new ConsumeTarget { TellsByHighest = plan.TellsByHighest };
        CommittedTail? tail = null;
        if (data is not null)
        {
            var options = data.StoreOptions with { FlushAfter = ConsumeLimits.StoreFlushAfter };
            _writer = StoreWriter.Open(options, loggers.CreateLogger<StoreWriter>(), time);
            tail = new CommittedTail(_writer);
            _store = LogStore.Open(options.Folder, tail, loggers.CreateLogger<LogStore>());
            var marks = new ProducerMarks();
            marks.Load(_writer.Progress);
            var writer = _writer;
            target = new ConsumeTarget
            {
                Marks = marks, TellsByHighest = true, Begin = partition => StoreSink.OffsetOf(writer, partition),
            };
        }

        _start = _writer?.Cursor ?? 0;
        _queue = new ConsumedQueue(_start, settlesItself: _writer is null);
        _letters = new DeadLetterTopic(plan.Options, _queue, reading, logger, time);
        _refused = new DeadLetterTopic(plan.Options, _queue, writing, logger, time);
        Func<IOutputSink> createSink = _writer is null
            ? OutputFactory.Sink(
                plan.Output!, writing, _refused, RelaySelf.OfGroup(plan.Options.Group),
                loggers.CreateLogger<SpoolPump>(), time)
            : () => new StoreSink(_writer, tail!, _queue, target.Marks!, time);
        _pump = new SpoolPump(writing, createSink, _queue.Open, loggers.CreateLogger<SpoolPump>(), time);
        var counts = new ConsumerCounts();
        _member = new GroupMember(plan.Options, target, _queue, _letters, reading, counts, logger, time);
        _report = new ConsumerReport(plan.Options, counts, _queue, _start, reading, writing);
        if (plan.Http is not { } http) return;
        Directory.CreateDirectory(plan.Folder);
        _http = new HttpHost(http, plan.Folder, loggers.CreateLogger<HttpHost>(), time);
        var ledger = data?.Ledger ?? new Ledger();
        if (_store is not null)
        {
            _api = new LogApi(_store, ledger, _http, time);
            _api.MapReading();
        }

        _report.Map(_http, ledger, () => new(0, _writer?.Stats.Bytes ?? 0, _store?.DamagedBlocks ?? 0), time);
    }

    /// <summary>What it does, in words: the group, and where it writes.</summary>
    public string Description =>
        $"group {_options.Group} topics {string.Join(',', _options.Topics)} to {_report.Writing.Name}"
        + (_http is null ? "" : $" {_http.Address}");

    /// <summary>Starts; throws with a sentence for a person when it cannot, and leaves nothing behind. That no broker
    /// answers is no such reason: it goes on trying.</summary>
    public static async Task<ConsumerHost> StartAsync(
        ConsumerPlan plan, CollectorConfiguration configuration, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken)
    {
        // What can only come by an installation is not waited for.
        if (!KafkaLibrary.IsAvailable) throw new OutputException(KafkaLibrary.Missing);
        var data = plan.Output is null
            ? CollectorData.Open(configuration, plan.Folder, loggers, time, forgetsOutputs: false)
            : null;
        ConsumerHost host;
        try
        {
            host = new ConsumerHost(plan, data, loggers, time);
        }
        catch
        {
            if (data is not null) await data.DisposeAsync();
            throw;
        }

        try
        {
            if (host._http is not null) await host._http.StartAsync(cancellationToken);
            if (host._http is not null) data?.WriteAddress(host._http.Address);
        }
        catch
        {
            await host.DisposePartsAsync();
            throw;
        }

        host._pump.Start();
        host._member.Start();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        _member.StopReading();
        _queue.Close();
        await _pump.DisposeAsync();
        await _refused.DisposeAsync();
        await _letters.DisposeAsync();
        await _member.LeaveAsync();
        await DisposePartsAsync();
    }

    private async Task DisposePartsAsync()
    {
        if (_http is not null) await _http.DisposeAsync();
        _api?.Dispose();
        _store?.Dispose();
        _writer?.Dispose();
        if (_data is not null) await _data.DisposeAsync();
    }
}
