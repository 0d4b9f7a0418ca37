using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Collector.Web.Access;
using Culvert.Collector.Web.Pages;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Culvert.Collector.Web;

/// <summary>
/// The HTTP side of the collector: Kestrel alone, without the application builder, which would cost a third of the time
/// that the start may take.
/// </summary>
/// <remarks>Map routes, then start; start and stop once each, from one thread.</remarks>
internal sealed class HttpHost : IAsyncDisposable
{
    private readonly HttpOptions _options;
    private readonly IPEndPoint _endpoint;
    private readonly SafeHandle? _inherited;
    private readonly HttpToken _token;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly KestrelServer _server;
    private bool _stopped;

    /// <param name="options">What the user set; wrong values throw <see cref="FormatException"/> with a
    /// sentence.</param>
    /// <param name="dataFolder">Where the token is kept; it must exist.</param>
    /// <param name="logger">For what the HTTP side says of itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sockets">Where it looks for a socket that is bound already.</param>
    public HttpHost(
        HttpOptions options, string dataFolder, ILogger logger, TimeProvider time, IInheritedSockets? sockets = null)
    {
        _options = options;
        _endpoint = options.ReadAddress();
        _inherited = sockets?.Take(InheritedSocketKind.Tcp, _endpoint.ToString());
        if (_inherited is SocketHandle socket && SocketName.LocalOf(socket) is { } bound)
        {
            // A socket that was bound by another may be elsewhere than the configuration says.
            _endpoint = (options with { Address = bound.ToString() }).ReadAddress();
        }

        _logger = logger;
        _time = time;
        _token = HttpToken.LoadOrCreate(dataFolder, logger);
        _server = CreateServer();
        PageAssets.Map(Routes);
    }

    /// <summary>Who owns the client's end of a connection; tests put a stranger here.</summary>
    internal Func<IPEndPoint?, IPEndPoint?, Peer> OwnerOf { get; init; } = LoopbackPeer.Of;

    /// <summary>What is answered.</summary>
    public HttpRoutes Routes { get; } = new();

    public HttpCounters Counters { get; } = new();

    /// <summary>Where the page is, with the real port; known once started.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Cancelled when the host begins to stop: for answers that would else never end, such as a live
    /// tail.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var application = new HttpApplication(this, _logger);
        try
        {
            await _server.StartAsync(application, cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException(
                $"The page cannot listen at {_endpoint}: {e.InnerException?.Message ?? e.Message} Set http.address to a free one.", e);
        }

        var address = new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        application.Gate = new AccessGate(
            new HostNames(_endpoint.Address, _options.Hosts), _token, _options.OpenMetrics, address.Port, Counters,
            _logger, _time);
        Address = address;
        HttpLog.Started(_logger, address);
    }

    /// <summary>Stops taking requests and ends those under way. Idempotent.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped) return;
        _stopped = true;
        await _stopping.CancelAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(HttpLimits.StopTimeout);
        await _server.StopAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _server.Dispose();
        _inherited?.Dispose();
        _stopping.Dispose();
    }

    private KestrelServer CreateServer()
    {
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new ServiceCollection().BuildServiceProvider(),
        };
        kestrel.Limits.MaxConcurrentConnections = HttpLimits.ConnectionCountMax;
        kestrel.Limits.MaxRequestLineSize = HttpLimits.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HttpLimits.RequestHeadersBytesMax;
        kestrel.Limits.MaxRequestBodySize = HttpLimits.RequestBodyBytesMax;
        kestrel.Listen(_endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            PeerOfConnection.Use(listen, (client, server) => OwnerOf(client, server));
        });
        var sockets = new SocketTransportOptions();
        if (_inherited is not null) sockets.CreateBoundListenSocket = _ => SocketOf(_inherited);
        var transport = new SocketTransportFactory(Options.Create(sockets), NullLoggerFactory.Instance);

        // Kestrel's own lines on bad requests would let a peer fill our log; refusals are counted and told here.
        return new KestrelServer(Options.Create(kestrel), transport, NullLoggerFactory.Instance);
    }

    /// <summary>The same descriptor as Kestrel wants it, which owns it from then on.</summary>
    private static Socket SocketOf(SafeHandle handle)
    {
        var socket = new Socket(new SafeSocketHandle(handle.DangerousGetHandle(), ownsHandle: true));
        handle.SetHandleAsInvalid();
        return socket;
    }
}
