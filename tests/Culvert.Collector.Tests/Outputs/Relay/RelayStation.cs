using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Relay;
using Culvert.Collector.Spool;
using Culvert.Collector.Tests.Spool;
using Culvert.Connections;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Outputs.Relay;

/// <summary>A collector's spool with an input that takes relays, and an output that relays, each where a test wants
/// it.</summary>
internal sealed class RelayStation : IAsyncDisposable
{
    public const string Output = "central";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly UInt128 _id = CollectorIdentity.OfName(Guid.NewGuid().ToString());
    private ListenerInput? _input;
    private SpoolPump? _pump;

    private RelayStation(ISpoolFiles? files) =>
        Spool = TestSpool.Open(TestSpool.Options(Path.Combine(_folder.Path, "spool")), files);

    public TestSpool Spool { get; }

    public UInt128 Id => _id;

    public string Endpoint { get; private set; } = "";

    public OutputStatusSnapshot Status => _pump!.Status.Snapshot();

    public OutputSnapshot Relayed => Spool.Ledger.Snapshot().Outputs.Single(output => output.Name == Output);

    public static RelayStation Start(ISpoolFiles? files = null) => new(files);

    /// <summary>Begins to take records; by default on a Unix socket, and relays of everyone who may connect.</summary>
    public async Task ListenAsync(RelayRule? rule = null, string? endpoint = null)
    {
        var context = new InputContext(
            "in", Spool.Intake, Spool.Ledger, TimeProvider.System, NullLoggerFactory.Instance)
        {
            Collector = _id,
        };
        _input = new ListenerInput(context, new ListenerInputOptions
        {
            Endpoint = endpoint ?? $"unix://{_folder.Path}/in.sock",
            Relay = rule ?? new RelayRule(true, []),
        });
        await _input.StartAsync(TestContext.Current.CancellationToken);
        Endpoint = _input.Endpoints[0];
    }

    public async Task StopListeningAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _input!.StopAsync(atOnce.Token).AsTask().WaitAsync(Limit);
        await _input.DisposeAsync();
        _input = null;
    }

    /// <summary>Begins to relay what it has to another one.</summary>
    public void RelayTo(
        string endpoint, Func<CancellationToken, ValueTask<Connection>>? connect = null, UInt128? id = null)
    {
        var self = new RelaySelf(id ?? _id, RelaySelf.MemberOf(Output), Spool.Ledger);
        var options = new RelaySinkOptions { Output = Output, Endpoint = endpoint, Self = self, Connect = connect };
        var status = new OutputStatus(Output, RelaySink.Type, TimeProvider.System);
        var reports = new RelayedReports(self.Ledger);
        _pump = new SpoolPump(
            status, () => new RelaySink(options, reports, status, NullLogger.Instance, TimeProvider.System),
            Spool.Spool, NullLogger.Instance, TimeProvider.System);
        _pump.Start();
    }

    public async Task StopRelayingAsync()
    {
        await _pump!.DisposeAsync().AsTask().WaitAsync(Limit);
        _pump = null;
    }

    public async Task SendAsync(ProducerId producer, ulong first, byte[] batch)
    {
        var result = await Spool.Intake.SendAsync(producer, first, batch).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Durable, result.Status);
    }

    public Task SendAsync(ProducerId producer, ulong first, int count) =>
        SendAsync(producer, first, TestBatch.Of(first, count));

    /// <summary>Waits until all was relayed.</summary>
    public Task DeliveredAsync() => UntilAsync(() => Relayed.Waiting == 0, "all is relayed");

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(deadline) < Limit,
                $"It did not happen: {what}. {(_pump is null ? "" : Status.Sentence)}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The sequences of a producer in the order in which they lie in the spool.</summary>
    public List<ulong> Sequences(ProducerId producer) =>
        [.. Spool.ReadAll().Where(record => record.Producer == producer).Select(record => record.Sequence)];

    /// <summary>The origins of its entries, without repetition, as texts.</summary>
    public List<string> Origins()
    {
        var found = new List<string>();
        using var reader = Spool.Spool.OpenReader(0UL);
        while (reader.TryRead(out var entry))
        {
            var texts = new List<string>();
            foreach (var attribute in Culvert.Records.AttributeList.Read(entry.Origin.Span))
            {
                texts.Add($"{System.Text.Encoding.UTF8.GetString(attribute.Key)}="
                    + (attribute.Type == Culvert.Records.AttributeType.Int64
                        ? $"{attribute.Int64}"
                        : System.Text.Encoding.UTF8.GetString(attribute.Value)));
            }

            var text = string.Join(' ', texts);
            if (!found.Contains(text)) found.Add(text);
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (_pump is not null) await StopRelayingAsync();
        if (_input is not null) await StopListeningAsync();
        await Spool.DisposeAsync();
        _folder.Dispose();
    }
}
