using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Shipping;

/// <summary>A real listening input on a Unix socket of its own, which keeps its records in memory.</summary>
internal sealed class CollectorUnderTest : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-shipping-").FullName;
    private ListenerInput? _input;

    public CapturingIntake Intake { get; } = new();

    public Ledger Ledger { get; } = new();

    public string SocketPath => Path.Combine(_folder, "collector.sock");

    public string Endpoint => $"unix://{SocketPath}";

    public static async Task<CollectorUnderTest> StartAsync()
    {
        var collector = new CollectorUnderTest();
        await collector.UpAsync();
        return collector;
    }

    public async Task UpAsync()
    {
        var context = new InputContext("programs", Intake, Ledger, TimeProvider.System, NullLoggerFactory.Instance);
        _input = new ListenerInput(context, new ListenerInputOptions { Endpoint = Endpoint });
        await _input.StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task DownAsync()
    {
        if (_input is null) return;
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _input.StopAsync(atOnce.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await _input.DisposeAsync();
        _input = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
