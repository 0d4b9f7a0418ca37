using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.Tls;

namespace Culvert.Tests.Transports.Tls;

/// <summary>How an end of the connection below TLS is judged.</summary>
[Trait("system", "linux")]
public sealed class TlsEndTests : TlsTests
{
    [Fact]
    public async Task Reset_AfterTlsSaidThatNoMoreComes_IsAClose()
    {
        await using var below = await ConnectionPair.OpenAsync($"mem://{Guid.NewGuid():N}", Token);
        var endpoint = Endpoint.Parse(Authority.Endpoint());
        var options = TlsSettings.Of(endpoint, null);
        var credentials = TlsCredentials.Load(options);
        var serving = TlsHandshake.ServeAsync(
            below.Server, endpoint, options, credentials, TlsHandshake.CheckOfClient(options), Token);
        await using var client = await TlsHandshake.DialAsync(
            below.Client, endpoint, "127.0.0.1", options, credentials, Token);
        await using var server = await serving;
        await client.Output.CompleteAsync();
        Assert.Equal(0, await server.ReadToEndAsync(Token));
        below.Client.Abort("The system resets what is sent to a socket that was closed.");

        Assert.Equal(CloseKind.PeerClosed, (await server.Closed.WaitAsync(Token)).Kind);
    }
}
