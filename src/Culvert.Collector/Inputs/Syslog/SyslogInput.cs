using Culvert.Collector.Inputs.Connections;
using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>Takes syslog messages at one endpoint: a Unix socket of either kind, UDP or TCP.</summary>
internal sealed class SyslogInput : IInput, IConnectionService
{
    private const string Prefix = "syslog+";

    private readonly InputContext _context;
    private readonly SyslogInputOptions _options;
    private readonly InFlightBudget _budget = new();
    private readonly Endpoint _endpoint;
    private readonly ConnectionServer? _server;
    private readonly SyslogDatagramReceiver? _receiver;

    public SyslogInput(InputContext context, SyslogInputOptions options)
    {
        _context = context;
        _options = options;
        _endpoint = Endpoint.Parse(options.Endpoint);
        CheckEndpoint(context.Name, _endpoint);
        var isUnixStream = _endpoint.Options.GetValueOrDefault("mode") == "stream";
        if (_endpoint.Scheme == "syslog+udp" || (_endpoint.Scheme == "syslog+unix" && !isUnixStream))
        {
            _receiver = new SyslogDatagramReceiver(context, options.Access, _budget);
            return;
        }

        _server = new ConnectionServer(
            context, new ConnectionCounter(options.ConnectionsMax, options.ConnectionsMax), this);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints
    {
        get
        {
            if (_receiver?.Endpoint is { } datagrams) return [datagrams];
            return _server?.Endpoint is { } streams ? [Prefix + streams] : [];
        }
    }

    /// <summary>Throws with a sentence when syslog cannot be taken there.</summary>
    public static void CheckEndpoint(string input, Endpoint endpoint)
    {
        if (endpoint.Scheme is "syslog+udp" or "syslog+unix" or "syslog+tcp" or "syslog+tls") return;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"The input '{input}' cannot take syslog at {endpoint}; write syslog+unix:///path, "
            + "syslog+udp://host:port, syslog+tcp://host:port or syslog+tls://host:port.");
    }

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        LoopbackRule.Check(Name, _endpoint, _options.Insecure);
        if (_receiver is not null)
        {
            await _receiver.StartAsync(_endpoint, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var transport = _endpoint.ToString()[Prefix.Length..].Replace("?mode=stream", "", StringComparison.Ordinal);
            await _server!.StartAsync(Endpoint.Parse(transport), _options.Access, cancellationToken)
                .ConfigureAwait(false);
        }

        // A socket that was bound by another may be elsewhere than the configuration says.
        LoopbackRule.Check(Name, Endpoint.Parse(Endpoints[0]), _options.Insecure);
        InputLog.Listening(_context.Loggers.CreateLogger<SyslogInput>(), Name, Endpoints[0]);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) =>
        _receiver?.StopAsync(cancellationToken) ?? _server!.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _receiver?.DisposeAsync() ?? _server!.DisposeAsync();

    public Task ServeAsync(Connection connection, CancellationToken stopping, CancellationToken abandoning)
    {
        var parser = new SyslogParser(_context.Time);
        var framer = new SyslogFramer(_options.MessageBytesMax);
        return new LinesSession(_context, connection, _budget, framer, parser.ParseBytes).RunAsync(
            stopping, abandoning);
    }

    // Syslog has no answer that a sender would read.
    public Task TurnAwayAsync(Connection connection, string reason) => Task.CompletedTask;
}
