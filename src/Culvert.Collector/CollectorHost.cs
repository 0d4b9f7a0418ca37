using Culvert.Collector.Configuration;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Outputs;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Collector.Web;
using Culvert.Collector.Web.Metrics;
using Culvert.Transports.Linux;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector;

/// <summary>
/// One collector: takes the data folder, opens spool and store, starts outputs, page and inputs, and stops them in the
/// opposite order. Records are accepted once it has started.
/// </summary>
internal sealed class CollectorHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly CollectorData _data;
    private readonly List<IOutput> _outputs = [];
    private readonly List<IInput> _inputs;
    private HttpHost? _http;
    private LogApi? _api;
    private bool _isStarted;

    private CollectorHost(
        CollectorConfiguration configuration, CollectorData data, ILoggerFactory loggers, TimeProvider time,
        InheritedSockets? sockets)
    {
        _data = data;
        _inputs = [.. configuration.Inputs.Select(configured => InputFactory.Create(
            configured,
            new InputContext(configured.Name, data.Intake, data.Ledger, time, loggers)
            {
                Collector = data.Id,
                Sockets = sockets?.For(configured.Name),
            },
            data.Folder))];
        if (configuration.Http.Boolean("enabled")) CreateHttp(configuration.Http, loggers, time, sockets);
        foreach (var configured in configuration.Outputs)
            _outputs.Add(OutputFactory.Create(configured, data, loggers, time));
        data.Ledger.Attach([.. _outputs.Select(output => output.Status)]);
        foreach (var output in _outputs) output.Start();
    }

    /// <summary>Where records are taken, and the page's address.</summary>
    public IReadOnlyList<string> Endpoints =>
    [
        // What comes over HTTP comes to the page's address, which is said once.
        .. _inputs.Where(input => input is not (OtlpInput or ClefInput)).SelectMany(input => input.Endpoints),
        .. _http is null ? (string[])[] : [_http.Address.ToString()],
    ];

    /// <summary>Starts; throws with a sentence for a person when it cannot, and leaves nothing behind. Of
    /// <paramref name="sockets"/>, which it takes in place of making its own, none may be left over.</summary>
    public static async Task<CollectorHost> StartAsync(
        CollectorConfiguration configuration, string dataFolder, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken, InheritedSockets? sockets = null)
    {
        var data = CollectorData.Open(configuration, dataFolder, loggers, time);
        CollectorHost host;
        try
        {
            host = new CollectorHost(configuration, data, loggers, time, sockets);
        }
        catch
        {
            await data.DisposeAsync();
            throw;
        }

        try
        {
            await host.StartPartsAsync(cancellationToken);
            sockets?.CheckAllTaken();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the spool's writer has answered: all was written that waited before.</summary>
    public Task AnswerAsync() => _data.Spool.CheckpointAsync();

    /// <summary>Stops taking records, makes safe and stores what was taken, and frees the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout);
        try
        {
            await Task.WhenAll(_inputs.Select(input => input.StopAsync(deadline.Token).AsTask()));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // What was not taken in time was not acknowledged, so its sender still has it.
        }

        if (_http is not null) await _http.DisposeAsync();
        _api?.Dispose();
        foreach (var input in _inputs) await input.DisposeAsync();
        await Task.WhenAll(_outputs.Select(output => output.DisposeAsync().AsTask()));
        await _data.DisposeAsync();
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        if (_http is not null)
        {
            await _http.StartAsync(cancellationToken);
            _data.WriteAddress(_http.Address);
        }

        foreach (var input in _inputs) await input.StartAsync(cancellationToken);
        _isStarted = true;
    }

    private void CreateHttp(
        ConfiguredObject configured, ILoggerFactory loggers, TimeProvider time, InheritedSockets? sockets)
    {
        _http = new HttpHost(
            HttpOptions.Of(configured), _data.Folder, loggers.CreateLogger<HttpHost>(), time, sockets?.For("http"));
        foreach (var input in _inputs)
        {
            if (input is OtlpInput otlp) otlp.Map(_http.Routes);
            if (input is ClefInput clef) clef.Map(_http.Routes);
        }

        _api = new LogApi(_data.Store, _data.Ledger, _http, time)
        {
            Sizes = Sizes, NotReady = NotReady, Answer = AnswerAsync,
        };
        _api.Map();
    }

    private CollectorSizes Sizes()
    {
        var store = _outputs.OfType<StoreOutput>().SingleOrDefault();
        return new CollectorSizes(_data.Spool.Bytes, store?.Stats.Bytes ?? 0, _data.Store.DamagedBlocks);
    }

    private string? NotReady()
    {
        if (!_isStarted) return "The collector is starting.";
        return _data.Spool.Pressure == SpoolPressure.Refuse
            ? "The disk is full, so no records are taken; free some space."
            : null;
    }
}
