using System.Text;
using Culvert.Collector.Inputs.Lines;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// Takes records at one endpoint of any transport. A connection whose first byte is that of <see
/// cref="LogProtocol.Preface"/> speaks the native protocol; any other sends lines, each of which is JSON, syslog with
/// its priority, or plain text.
/// </summary>
internal sealed class ListenerInput : IInput, IConnectionService
{
    private readonly InputContext _context;
    private readonly ListenerInputOptions _options;
    private readonly ConnectionServer _server;
    private readonly InFlightBudget _budget = new();

    public ListenerInput(InputContext context, ListenerInputOptions options)
    {
        _context = context;
        _options = options;
        _server = new ConnectionServer(
            context, new ConnectionCounter(options.ConnectionsMax, options.ConnectionsPerUserMax), this);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => _server.Endpoint is { } endpoint ? [endpoint.ToString()] : [];

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = Endpoint.Parse(_options.Endpoint);
        LoopbackRule.Check(Name, endpoint, _options.Insecure);
        await _server.StartAsync(endpoint, _options.Access, cancellationToken).ConfigureAwait(false);
        // A socket that was bound by another may be elsewhere than the configuration says.
        LoopbackRule.Check(Name, _server.Endpoint!, _options.Insecure);
        InputLog.Listening(_context.Loggers.CreateLogger<ListenerInput>(), Name, Endpoints[0]);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public async Task ServeAsync(Connection connection, CancellationToken stopping, CancellationToken abandoning)
    {
        var first = await connection.Input.ReadAsync(stopping).ConfigureAwait(false);
        var isNative = !first.Buffer.IsEmpty && first.Buffer.FirstSpan[0] == LogProtocol.Preface[0];
        var isOver = first.Buffer.IsEmpty && first.IsCompleted;
        // Nothing is consumed and nothing examined, so that the session reads the same bytes at once.
        connection.Input.AdvanceTo(first.Buffer.Start);
        if (isOver) return;
        if (isNative)
        {
            var session = new NativeSession(_context, connection, _budget, _options);
            await session.RunAsync(stopping, abandoning).ConfigureAwait(false);
            return;
        }

        var parser = new LineRecordParser(_context.Time);
        var lines = new LinesSession(
            _context, connection, _budget, new LineSplitter(_options.LineBytesMax), parser.Parse);
        await lines.RunAsync(stopping, abandoning).ConfigureAwait(false);
    }

    public async Task TurnAwayAsync(Connection connection, string reason)
    {
        // A native client reads why; a program that sends lines reads nothing.
        FrameWriter.Write(
            connection.Output, (byte)LogFrameType.Error, Encoding.UTF8.GetBytes(reason), (byte)LogErrorCode.Busy);
        await connection.Output.FlushAsync().AsTask().WaitAsync(InputLimits.FarewellTimeout).ConfigureAwait(false);
    }
}
