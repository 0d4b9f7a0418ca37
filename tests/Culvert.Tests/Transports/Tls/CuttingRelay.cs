using System.Net;
using System.Net.Sockets;

namespace Culvert.Tests.Transports.Tls;

/// <summary>Stands between a client and a server, as somebody on the way could: carries one connection, adds bytes, or
/// ends it.</summary>
internal sealed class CuttingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _server = new();
    private TcpClient? _client;

    /// <summary>Begins to carry one connection; returns the port to dial.</summary>
    public int Start(IPEndPoint server)
    {
        _listener.Start();
        _ = CarryAsync(server);
        return ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    /// <summary>Sends bytes to the server between those of the client.</summary>
    public async Task InjectAsync(byte[] bytes, CancellationToken cancellationToken) =>
        await _server.GetStream().WriteAsync(bytes, cancellationToken);

    /// <summary>Ends the client's bytes for the server.</summary>
    public void CutInGoodOrder() => _server.Client.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        _listener.Dispose();
        _client?.Dispose();
        _server.Dispose();
    }

    private async Task CarryAsync(IPEndPoint server)
    {
        try
        {
            _client = await _listener.AcceptTcpClientAsync();
            await _server.ConnectAsync(server);
            await Task.WhenAll(
                _client.GetStream().CopyToAsync(_server.GetStream()),
                _server.GetStream().CopyToAsync(_client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The test is over, or one side is.
        }
    }
}
