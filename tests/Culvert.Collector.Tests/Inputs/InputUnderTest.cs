using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Collector.Intake;
using Culvert.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>An input that is started over a capturing intake, in a folder of its own.</summary>
internal sealed class InputUnderTest : IAsyncDisposable
{
    private readonly IInput _input;
    private readonly string _folder;

    private InputUnderTest(string folder, Func<InputContext, string, IInput> make)
    {
        _folder = folder;
        Context = new InputContext("in", Intake, Ledger, TimeProvider.System, NullLoggerFactory.Instance);
        _input = make(Context, _folder);
    }

    public CapturingIntake Intake { get; } = new();

    public Ledger Ledger { get; } = new();

    public InputContext Context { get; }

    public string Endpoint => Assert.Single(_input.Endpoints);

    public string SocketPath => Path.Combine(_folder, "s.sock");

    public CountsSnapshot Counts => Ledger.Snapshot().Total;

    public static Task<InputUnderTest> ListenAsync(Func<ListenerInputOptions, ListenerInputOptions>? change = null) =>
        StartAsync((context, folder) =>
        {
            var options = new ListenerInputOptions { Endpoint = $"unix://{folder}/s.sock" };
            return new ListenerInput(context, change?.Invoke(options) ?? options);
        });

    public static Task<InputUnderTest> SyslogAsync(string endpoint) => StartAsync((context, folder) =>
        new SyslogInput(context, new SyslogInputOptions
        {
            Endpoint = endpoint.Replace("FOLDER", folder, StringComparison.Ordinal),
        }));

    public async Task<Connection> ConnectAsync() => await Ipc.ConnectAsync(Endpoint);

    public async Task StopAsync() =>
        await _input.StopAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        await _input.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<InputUnderTest> StartAsync(Func<InputContext, string, IInput> make)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-inputs-").FullName;
        try
        {
            var input = new InputUnderTest(folder, make);
            await input._input.StartAsync(CancellationToken.None);
            return input;
        }
        catch
        {
            // A test of an input that cannot be made or started leaves no folder behind either.
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}
