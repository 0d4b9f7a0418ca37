using Culvert.Collector.Configuration;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Culvert.Collector.Store;
using Culvert.Collector.Web;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector;

/// <summary>
/// One collector: takes the data folder, opens spool and store, starts outputs, page and inputs, and stops them in the
/// opposite order. Records are accepted once <see cref="StartAsync"/> returned.
/// </summary>
internal sealed class CollectorHost : IAsyncDisposable
{
    private readonly CollectorData _data;
    private readonly StoreOutput _output;
    private readonly HttpHost? _http;
    private readonly List<IInput> _inputs;

    private CollectorHost(CollectorData data, StoreOutput output, HttpHost? http, List<IInput> inputs) =>
        (_data, _output, _http, _inputs) = (data, output, http, inputs);

    /// <summary>Where records are taken, and the page's address.</summary>
    public IReadOnlyList<string> Endpoints =>
        [.. _inputs.Where(input => input is not (OtlpInput or ClefInput)).SelectMany(input => input.Endpoints), .. _http is null ? (string[])[] : [_http.Address.ToString()]];

    public Ledger Ledger => _data.Ledger;

    /// <summary>Starts; throws with a sentence for a person when it cannot, and leaves nothing behind.</summary>
    public static async Task<CollectorHost> StartAsync(
        CollectorConfiguration configuration, string dataFolder, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var undo = new Stack<IAsyncDisposable>();
        try
        {
            var data = CollectorData.Open(configuration, dataFolder, loggers, time);
            undo.Push(data);
            var writer = StoreWriter.Open(data.StoreOptions, loggers.CreateLogger<StoreWriter>(), time);
            var output = new StoreOutput(writer, data.Spool, loggers.CreateLogger<StoreOutput>(), time);
            undo.Push(output);
            output.Start();

            var inputs = new List<IInput>();
            foreach (var configured in configuration.Inputs)
            {
                var input = InputFactory.Create(
                    configured, new InputContext(configured.Name, data.Intake, data.Ledger, time, loggers), data.Folder);
                inputs.Add(input);
                undo.Push(input);
            }

            var http = await StartHttpAsync(configuration, data, inputs, loggers, time, cancellationToken);
            if (http is not null) undo.Push(http);
            foreach (var input in inputs) await input.StartAsync(cancellationToken);
            return new CollectorHost(data, output, http, inputs);
        }
        catch
        {
            while (undo.TryPop(out var part)) await part.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops taking records, makes safe and stores what was taken, and frees the data folder. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await Task.WhenAll(_inputs.Select(input => input.StopAsync(deadline.Token).AsTask()));
        if (_http is not null) await _http.DisposeAsync();
        foreach (var input in _inputs) await input.DisposeAsync();
        await _output.DisposeAsync();
        await _data.DisposeAsync();
    }

    private static async Task<HttpHost?> StartHttpAsync(
        CollectorConfiguration configuration, CollectorData data, List<IInput> inputs, ILoggerFactory loggers,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!configuration.Http.Boolean("enabled")) return null;
        var host = new HttpHost(
            new HttpOptions
            {
                Address = configuration.Http.Text("address"),
                Hosts = configuration.Http.Texts("hosts"),
                OpenMetrics = configuration.Http.Boolean("openMetrics"),
                Insecure = configuration.Http.Boolean("insecure"),
            },
            data.Folder, loggers.CreateLogger<HttpHost>(), time);
        foreach (var input in inputs)
        {
            if (input is OtlpInput otlp) otlp.Map(host.Routes);
            if (input is ClefInput clef) clef.Map(host.Routes);
        }

        await host.StartAsync(cancellationToken);
        data.WriteAddress(host.Address);
        return host;
    }
}
